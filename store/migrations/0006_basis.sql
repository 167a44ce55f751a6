-- +goose Up

-- device_basis: digests of what a device's findings were worked out from: the
-- device as it was (device.matter) and all else that triage weighs.
CREATE TABLE device_basis (
    device INTEGER NOT NULL PRIMARY KEY,
    matter BLOB NOT NULL,
    basis BLOB NOT NULL
) STRICT;

-- triage_state: one line, what triage goes on from after a restart.
CREATE TABLE triage_state (
    one INTEGER NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
) STRICT;
