-- +goose Up

CREATE TABLE feed (
    name TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    state TEXT NOT NULL
) STRICT;

-- advisory: the newest revision of each as a list shows it.
CREATE TABLE advisory (
    num INTEGER NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    publisher TEXT NOT NULL,
    feed TEXT NOT NULL,
    released INTEGER NOT NULL,
    revised INTEGER NOT NULL,
    revision TEXT NOT NULL,
    revisions INTEGER NOT NULL,
    vulnerabilities INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    search TEXT NOT NULL,
    FOREIGN KEY (num) REFERENCES publication (num)
) STRICT;
CREATE INDEX advisory_revised ON advisory (revised DESC);

CREATE TABLE advisory_revision (
    advisory INTEGER NOT NULL,
    number INTEGER NOT NULL,
    revision TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    seen INTEGER NOT NULL,
    changed TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (advisory, number),
    FOREIGN KEY (advisory) REFERENCES advisory (num)
) STRICT;

CREATE TABLE advisory_vulnerability (
    vulnerability TEXT NOT NULL,
    advisory INTEGER NOT NULL,
    PRIMARY KEY (vulnerability, advisory)
) WITHOUT ROWID, STRICT;
CREATE INDEX advisory_vulnerability_advisory ON advisory_vulnerability (advisory);
