CREATE TABLE artist (artist_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, country TEXT, debut INTEGER);
CREATE TABLE album (album_id INTEGER PRIMARY KEY, artist_id INTEGER NOT NULL REFERENCES artist (artist_id), title TEXT NOT NULL, year INTEGER NOT NULL, price REAL);
CREATE TABLE track (track_id INTEGER PRIMARY KEY, album_id INTEGER NOT NULL REFERENCES album (album_id), title TEXT NOT NULL, seconds INTEGER NOT NULL, plays INTEGER);
INSERT INTO artist VALUES (1,'Nova','SE',1998),(2,'Echo Bay','UK',2005),(3,'Tundra',NULL,2011),(4,'Mira Sol','ES',2001);
INSERT INTO album VALUES (1,1,'First Light',1999,9.99),(2,1,'Second Light',2003,12.5),(3,2,'Harbour',2006,NULL),(4,3,'Ice',2012,8.0),(5,4,'Sal',2002,11.0);
INSERT INTO track VALUES (1,1,'Dawn',215,1000),(2,1,'Dew',190,NULL),(3,2,'Noon',240,2500),(4,3,'Pier',305,400),(5,3,'Tide',288,900),(6,4,'Floe',199,50),(7,5,'Mar',230,800);
