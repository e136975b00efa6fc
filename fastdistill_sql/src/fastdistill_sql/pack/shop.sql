-- A small web shop: customers, products in categories, orders with their lines, reviews.
CREATE TABLE category (
  category_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE product (
  product_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  category_id INTEGER REFERENCES category (category_id),
  price REAL NOT NULL,
  stock INTEGER NOT NULL
);
CREATE TABLE customer (
  customer_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  city TEXT,
  email TEXT,
  joined DATE NOT NULL
);
CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customer (customer_id),
  ordered_on DATE NOT NULL,
  status TEXT NOT NULL
);
CREATE TABLE order_line (
  order_id INTEGER NOT NULL REFERENCES orders (order_id),
  product_id INTEGER NOT NULL REFERENCES product (product_id),
  quantity INTEGER NOT NULL,
  unit_price REAL NOT NULL,
  PRIMARY KEY (order_id, product_id)
);
CREATE TABLE review (
  review_id INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES product (product_id),
  customer_id INTEGER NOT NULL REFERENCES customer (customer_id),
  rating INTEGER NOT NULL,
  comment TEXT
);

INSERT INTO category VALUES (1, 'Kitchen'), (2, 'Garden'), (3, 'Toys'), (4, 'Stationery'), (5, 'Music');
INSERT INTO product VALUES
  (1, 'Kettle', 1, 34.90, 12), (2, 'Bread Knife', 1, 18.50, 40), (3, 'Salad Bowl', 1, 18.50, 0),
  (4, 'Garden Hose', 2, 27.00, 8), (5, 'Watering Can', 2, 12.75, 25), (6, 'Rake', 2, 21.00, 0),
  (7, 'Wooden Train', 3, 45.00, 5), (8, 'Puzzle 500', 3, 14.95, 30), (9, 'Kite', 3, 19.99, 14),
  (10, 'Notebook A5', 4, 4.20, 200), (11, 'Fountain Pen', 4, 45.00, 9), (12, 'Ink Bottle', 4, 8.00, 60),
  (13, 'Gift Card', NULL, 25.00, 999), (14, 'Tea Towel', 1, 6.30, 75);
INSERT INTO customer VALUES
  (1, 'Ada Berg', 'Oslo', 'ada@example.org', '2021-02-11'), (2, 'Bruno Costa', 'Lisbon', NULL, '2021-06-30'),
  (3, 'Chen Wei', 'Leeds', 'chen@example.org', '2022-01-05'), (4, 'Dora Nagy', NULL, 'dora@example.org', '2022-01-05'),
  (5, 'Emil Berg', 'Oslo', NULL, '2022-09-17'), (6, 'Fatima Idris', 'Leeds', 'fatima@example.org', '2023-03-08'),
  (7, 'Goran Ilic', 'Zagreb', 'goran@example.org', '2023-03-21'), (8, 'Hana Sato', NULL, NULL, '2023-11-02'),
  (9, 'Ivo Costa', 'Lisbon', 'ivo@example.org', '2024-04-14'), (10, 'June Park', 'Leeds', 'june@example.org', '2024-08-01');
INSERT INTO orders VALUES
  (101, 1, '2023-01-15', 'delivered'), (102, 1, '2023-05-02', 'delivered'), (103, 2, '2023-05-02', 'cancelled'),
  (104, 3, '2023-07-19', 'delivered'), (105, 3, '2023-11-28', 'returned'), (106, 4, '2023-12-01', 'delivered'),
  (107, 5, '2024-01-10', 'delivered'), (108, 6, '2024-01-10', 'shipped'), (109, 1, '2024-02-14', 'delivered'),
  (110, 7, '2024-03-03', 'cancelled'), (111, 9, '2024-05-21', 'delivered'), (112, 6, '2024-06-06', 'delivered'),
  (113, 3, '2024-06-30', 'shipped'), (114, 10, '2024-08-05', 'pending'), (115, 9, '2024-08-09', 'pending');
INSERT INTO order_line VALUES
  (101, 1, 1, 32.00), (101, 10, 5, 4.00), (102, 7, 1, 45.00), (103, 4, 1, 27.00), (103, 5, 2, 12.75),
  (104, 2, 1, 18.50), (104, 3, 1, 18.50), (104, 14, 4, 6.30), (105, 11, 1, 45.00), (105, 12, 2, 8.00),
  (106, 8, 1, 14.95), (106, 9, 1, 19.99), (107, 1, 2, 34.90), (108, 5, 1, 12.75), (108, 10, 10, 4.20),
  (109, 13, 2, 25.00), (110, 7, 1, 45.00), (111, 2, 2, 18.50), (111, 14, 1, 6.30), (112, 11, 1, 45.00),
  (112, 10, 3, 4.20), (113, 8, 2, 14.95), (114, 1, 1, 34.90), (114, 9, 1, 19.99), (115, 12, 1, 8.00);
INSERT INTO review VALUES
  (1, 1, 1, 5, 'Boils fast'), (2, 1, 5, 4, NULL), (3, 7, 1, 5, 'Lovely'), (4, 2, 3, 3, NULL),
  (5, 3, 3, 2, 'Smaller than it looks'), (6, 11, 3, 1, 'Leaks'), (7, 8, 4, 4, 'Good fun'), (8, 9, 4, 4, NULL),
  (9, 11, 6, 5, 'Writes well'), (10, 10, 6, 4, NULL), (11, 2, 9, 5, 'Sharp'), (12, 14, 3, 4, NULL);
