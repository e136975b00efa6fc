CREATE TABLE client (client_id INTEGER PRIMARY KEY, name TEXT NOT NULL, town TEXT, birth_town TEXT);
CREATE TABLE account (
  account_id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client (client_id),
  kind TEXT NOT NULL, balance INTEGER NOT NULL
);
CREATE TABLE transfer (
  transfer_id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account (account_id),
  amount INTEGER NOT NULL, day TEXT NOT NULL, note TEXT
);
INSERT INTO client VALUES (1, 'Iris', 'Ghent', 'Ghent'), (2, 'Jan', 'Bruges', 'Bruges'), (3, 'Kim', 'Ghent', 'Ghent');
INSERT INTO account VALUES (1, 1, 'savings', 500), (2, 2, 'current', 120), (3, 3, 'savings', 900);
INSERT INTO transfer VALUES (1, 1, 60, '2024-01-01', 'rent'), (2, 2, 20, '2024-01-02', 'food'), (3, 3, 75, '2024-01-03', 'gift');
