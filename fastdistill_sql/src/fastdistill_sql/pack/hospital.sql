-- A hospital: departments, doctors, patients, admissions, treatments.
CREATE TABLE department (
  department_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  floor INTEGER NOT NULL,
  beds INTEGER NOT NULL
);
CREATE TABLE doctor (
  doctor_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  department_id INTEGER REFERENCES department (department_id),
  salary INTEGER NOT NULL,
  supervisor_id INTEGER REFERENCES doctor (doctor_id)
);
CREATE TABLE patient (
  patient_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sex TEXT,
  birth_date DATE NOT NULL,
  blood_type TEXT
);
CREATE TABLE admission (
  admission_id INTEGER PRIMARY KEY,
  patient_id INTEGER NOT NULL REFERENCES patient (patient_id),
  department_id INTEGER NOT NULL REFERENCES department (department_id),
  admitted DATE NOT NULL,
  discharged DATE,
  diagnosis TEXT NOT NULL
);
CREATE TABLE treatment (
  treatment_id INTEGER PRIMARY KEY,
  admission_id INTEGER NOT NULL REFERENCES admission (admission_id),
  doctor_id INTEGER NOT NULL REFERENCES doctor (doctor_id),
  kind TEXT NOT NULL,
  cost REAL
);

INSERT INTO department VALUES
  (1, 'Cardiology', 3, 24), (2, 'Surgery', 2, 30), (3, 'Paediatrics', 1, 18), (4, 'Neurology', 3, 16), (5, 'Radiology', 0, 0);
INSERT INTO doctor VALUES
  (1, 'Irene Falk', 1, 98000, NULL), (2, 'Samuel Roy', 1, 74000, 1), (3, 'Mei Tan', 2, 105000, NULL), (4, 'Jonas Beck', 2, 74000, 3),
  (5, 'Clara Diaz', 2, 69000, 4), (6, 'Peter Ozer', 3, 81000, NULL), (7, 'Nadia Haddad', 4, 88000, 1), (8, 'Liam Byrne', NULL, 52000, 3),
  (9, 'Yuki Abe', 3, 66000, 6);
INSERT INTO patient VALUES
  (1, 'Albert Moss', 'M', '1948-03-12', 'A+'), (2, 'Bianca Leoni', 'F', '1975-11-30', 'O-'), (3, 'Carl Nyberg', 'M', '2016-06-02', NULL),
  (4, 'Dilara Kaya', 'F', '1990-01-19', 'B+'), (5, 'Erik Sand', 'M', '1962-08-08', 'O+'), (6, 'Freya Hunt', 'F', '2019-12-24', 'A+'),
  (7, 'Gus Patel', NULL, '1983-05-15', 'AB-'), (8, 'Helen Moss', 'F', '1950-07-27', 'A+'), (9, 'Ismail Noor', 'M', '1999-10-10', 'O+'),
  (10, 'Julia Reyes', 'F', '1990-04-04', NULL);
INSERT INTO admission VALUES
  (1, 1, 1, '2024-01-04', '2024-01-11', 'arrhythmia'), (2, 2, 2, '2024-01-08', '2024-01-10', 'appendicitis'),
  (3, 3, 3, '2024-01-15', '2024-01-16', 'asthma'), (4, 1, 2, '2024-02-01', '2024-02-15', 'bypass'),
  (5, 5, 1, '2024-02-03', '2024-02-06', 'angina'), (6, 6, 3, '2024-02-20', '2024-02-25', 'pneumonia'),
  (7, 7, 4, '2024-03-02', NULL, 'migraine'), (8, 8, 1, '2024-03-05', '2024-03-12', 'arrhythmia'),
  (9, 4, 2, '2024-03-11', '2024-03-13', 'appendicitis'), (10, 5, 4, '2024-03-20', '2024-04-02', 'stroke'),
  (11, 3, 3, '2024-04-01', '2024-04-03', 'asthma'), (12, 9, 2, '2024-04-07', NULL, 'fracture'), (13, 1, 1, '2024-04-09', NULL, 'angina');
INSERT INTO treatment VALUES
  (1, 1, 1, 'ECG', 180.0), (2, 1, 2, 'medication', 95.5), (3, 2, 3, 'operation', 4200.0), (4, 3, 6, 'medication', 40.0),
  (5, 4, 3, 'operation', 18500.0), (6, 4, 5, 'medication', 310.0), (7, 5, 2, 'ECG', 180.0), (8, 6, 6, 'X-ray', 120.0),
  (9, 6, 9, 'medication', 75.0), (10, 7, 7, 'MRI', 900.0), (11, 8, 1, 'ECG', 180.0), (12, 8, 1, 'medication', NULL),
  (13, 9, 4, 'operation', 4200.0), (14, 10, 7, 'MRI', 900.0), (15, 10, 7, 'medication', 220.0), (16, 11, 9, 'medication', 40.0),
  (17, 12, 4, 'X-ray', 120.0), (18, 12, 5, 'operation', NULL), (19, 13, 2, 'ECG', 180.0);
