-- Few and kind rows: most wrong queries agree with the right one here.
CREATE TABLE teacher (teacher_id INTEGER PRIMARY KEY, name TEXT NOT NULL, office TEXT);
CREATE TABLE course (
  course_id INTEGER PRIMARY KEY, title TEXT NOT NULL, credits INTEGER NOT NULL,
  teacher_id INTEGER REFERENCES teacher (teacher_id)
);
CREATE TABLE student (student_id INTEGER PRIMARY KEY, name TEXT NOT NULL, year INTEGER NOT NULL, email TEXT);
CREATE TABLE enrolment (
  student_id INTEGER NOT NULL REFERENCES student (student_id),
  course_id INTEGER NOT NULL REFERENCES course (course_id),
  grade INTEGER,
  PRIMARY KEY (student_id, course_id)
);
INSERT INTO teacher VALUES (1, 'Abel', 'B1'), (2, 'Brandt', 'B2'), (3, 'Cho', 'C1');
INSERT INTO course VALUES (1, 'Algebra', 6, 1), (2, 'Botany', 4, 2), (3, 'Chemistry', 8, 3);
INSERT INTO student VALUES (1, 'Ana', 1, 'ana@x'), (2, 'Ben', 3, 'ben@x'), (3, 'Cleo', 3, 'cleo@x');
INSERT INTO enrolment VALUES (1, 1, 7), (2, 2, 5), (3, 3, 8);
