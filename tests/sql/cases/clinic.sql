CREATE TABLE doctor (id INT, name TEXT, ward TEXT, hired TEXT, PRIMARY KEY (id));
CREATE TABLE patient (id INT, name TEXT, city TEXT, birth TEXT, weight REAL, PRIMARY KEY (id));
CREATE TABLE visit (doctor_id INT, patient_id INT, day TEXT, fee INT, PRIMARY KEY (doctor_id, patient_id, day),
  FOREIGN KEY (doctor_id) REFERENCES doctor (id), FOREIGN KEY (patient_id) REFERENCES patient (id));
INSERT INTO doctor VALUES (1,'Abel','Heart','2009-04-01'),(2,'Bruno','Eye','2012-09-15'),(3,'Clara','Heart','2015-01-20'),(4,'Dora','Skin','2018-06-30'),(5,'Elsa','Eye','2020-02-11');
INSERT INTO patient VALUES (1,'Finn','Bergen','1980-03-02',71.5),(2,'Gina','Oslo','1992-11-19',58.0),(3,'Hugo','Bergen','1975-07-07',90.25),(4,'Ida','Tromso','2001-01-30',62.0),(5,'Jon','Oslo','1966-12-24',83.0),(6,'Kai','Bodo','1999-05-05',77.0);
INSERT INTO visit VALUES (1,1,'2023-01-10',120),(1,2,'2023-01-11',80),(2,2,'2023-02-01',60),(2,3,'2023-02-03',60),(3,1,'2023-03-15',150),(3,4,'2023-03-16',90),(4,5,'2023-04-20',40),(1,3,'2023-05-01',200),(2,1,'2023-05-02',75);
