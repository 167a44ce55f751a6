-- +goose Up

-- traffic_party: the ends of sessions; address has 0, 4 or 16 bytes.
CREATE TABLE traffic_party (
    num INTEGER NOT NULL PRIMARY KEY,
    mac BLOB NOT NULL,
    address BLOB NOT NULL,
    device TEXT NOT NULL
) STRICT;

CREATE TABLE traffic_service (
    num INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    port INTEGER NOT NULL
) STRICT;

-- traffic_import: gone is 1 where the sessions were forgotten to be read again.
CREATE TABLE traffic_import (
    num INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    gone INTEGER NOT NULL
) STRICT;
CREATE INDEX import_state ON import (state);

-- traffic_block: what counts. level 0 holds whole sessions, the others sums;
-- first and last are microseconds or hours; low and high bound the parties.
CREATE TABLE traffic_block (
    num INTEGER NOT NULL PRIMARY KEY,
    level INTEGER NOT NULL,
    count INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    imports BLOB NOT NULL,
    services BLOB NOT NULL,
    bloom BLOB NOT NULL
) STRICT;

CREATE TABLE traffic_data (
    num INTEGER NOT NULL PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- traffic_spill: data that was written before its commit; the next start removes
-- what a kill left behind.
CREATE TABLE traffic_spill (
    num INTEGER NOT NULL PRIMARY KEY
) STRICT;
