-- Air traffic: airports, airlines, aircraft, flights, bookings of passengers.
CREATE TABLE airport (
  code TEXT PRIMARY KEY,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  elevation INTEGER
);
CREATE TABLE airline (
  airline_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  country TEXT NOT NULL,
  founded INTEGER
);
CREATE TABLE aircraft (
  aircraft_id INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  seats INTEGER NOT NULL,
  airline_id INTEGER NOT NULL REFERENCES airline (airline_id)
);
CREATE TABLE flight (
  flight_no TEXT PRIMARY KEY,
  airline_id INTEGER NOT NULL REFERENCES airline (airline_id),
  aircraft_id INTEGER REFERENCES aircraft (aircraft_id),
  origin TEXT NOT NULL REFERENCES airport (code),
  destination TEXT NOT NULL REFERENCES airport (code),
  departs TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  price REAL NOT NULL
);
CREATE TABLE passenger (
  passenger_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  nationality TEXT,
  miles INTEGER NOT NULL
);
CREATE TABLE booking (
  booking_id INTEGER PRIMARY KEY,
  passenger_id INTEGER NOT NULL REFERENCES passenger (passenger_id),
  flight_no TEXT NOT NULL REFERENCES flight (flight_no),
  class TEXT NOT NULL,
  paid REAL NOT NULL,
  seat TEXT
);

INSERT INTO airport VALUES
  ('OSL', 'Oslo', 'Norway', 208), ('LIS', 'Lisbon', 'Portugal', 114), ('LHR', 'London', 'United Kingdom', 25), ('LGW', 'London', 'United Kingdom', 62),
  ('ZAG', 'Zagreb', 'Croatia', 108), ('CDG', 'Paris', 'France', 119), ('NRT', 'Tokyo', 'Japan', 43), ('BGO', 'Bergen', 'Norway', NULL), ('OPO', 'Porto', 'Portugal', 69);
INSERT INTO airline VALUES
  (1, 'Nordwing', 'Norway', 1994), (2, 'Atlantica', 'Portugal', 1945), (3, 'Albion Air', 'United Kingdom', 1974), (4, 'Sakura Lines', 'Japan', 1951), (5, 'Hopper', 'Norway', NULL);
INSERT INTO aircraft VALUES
  (1, 'A320', 180, 1), (2, 'B737', 162, 1), (3, 'A321', 212, 2), (4, 'A320', 180, 2), (5, 'B787', 296, 3), (6, 'A320', 174, 3), (7, 'B787', 296, 4), (8, 'ATR72', 70, 5);
INSERT INTO flight VALUES
  ('NW101', 1, 1, 'OSL', 'LHR', '07:10', 135, 129.0), ('NW102', 1, 1, 'LHR', 'OSL', '10:40', 130, 119.0), ('NW210', 1, 2, 'OSL', 'BGO', '08:00', 50, 59.0),
  ('NW330', 1, 2, 'OSL', 'LIS', '13:25', 245, 210.0), ('AT011', 2, 3, 'LIS', 'CDG', '06:30', 150, 145.5), ('AT012', 2, 3, 'CDG', 'LIS', '11:15', 155, 145.5),
  ('AT050', 2, 4, 'LIS', 'OPO', '19:00', 55, 59.0), ('AB700', 3, 5, 'LHR', 'NRT', '12:00', 715, 820.0), ('AB701', 3, 5, 'NRT', 'LHR', '23:10', 760, 860.0),
  ('AB220', 3, 6, 'LGW', 'ZAG', '09:05', 140, 99.9), ('AB221', 3, 6, 'ZAG', 'LGW', '14:20', 145, 104.5), ('SK900', 4, 7, 'NRT', 'CDG', '10:30', 790, 905.0),
  ('HP001', 5, 8, 'BGO', 'OSL', '06:00', 55, 45.0), ('HP002', 5, NULL, 'OSL', 'BGO', '21:30', 55, 45.0);
INSERT INTO passenger VALUES
  (1, 'Marie Roche', 'French', 42000), (2, 'Kjell Aas', 'Norwegian', 8100), (3, 'Tiago Melo', 'Portuguese', 15500), (4, 'Aiko Ito', 'Japanese', 98000),
  (5, 'Neil Ward', 'British', 0), (6, 'Sara Aas', 'Norwegian', 15500), (7, 'Ivana Kos', NULL, 3200), (8, 'Ben Ward', 'British', 61000), (9, 'Luz Melo', 'Portuguese', 0);
INSERT INTO booking VALUES
  (1, 1, 'AT012', 'economy', 145.5, '12A'), (2, 1, 'AT011', 'economy', 130.0, '14C'), (3, 2, 'NW101', 'economy', 129.0, '3D'), (4, 2, 'NW102', 'economy', 119.0, NULL),
  (5, 3, 'AT050', 'economy', 59.0, '7B'), (6, 4, 'SK900', 'business', 2600.0, '1A'), (7, 4, 'AB701', 'business', 2450.0, '2K'), (8, 5, 'AB220', 'economy', 99.9, NULL),
  (9, 6, 'NW101', 'business', 410.0, '1C'), (10, 6, 'NW210', 'economy', 59.0, '9F'), (11, 7, 'AB221', 'economy', 88.0, '20A'), (12, 8, 'AB700', 'business', 2300.0, '1A'),
  (13, 8, 'AB220', 'economy', 99.9, '11B'), (14, 3, 'AT011', 'economy', 145.5, NULL), (15, 2, 'NW330', 'economy', 210.0, '22E'), (16, 8, 'NW102', 'economy', 119.0, '5A');
