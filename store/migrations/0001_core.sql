-- +goose Up

-- audit: the chain of who saw, changed, approved, exported what. Append-only.
CREATE TABLE audit (
    seq INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    actor_from TEXT NOT NULL,
    verb TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
-- ward append-only audit

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE saved_view (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    shared INTEGER NOT NULL
) STRICT;

-- device: one row for each device with what lists show and sort; num stays when
-- the ID changes. gone is 0 or the time when the inventory lost it.
CREATE TABLE device (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    manufacturer TEXT NOT NULL,
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    kind TEXT NOT NULL,
    tier TEXT NOT NULL,
    os TEXT NOT NULL,
    serial TEXT NOT NULL,
    mac TEXT NOT NULL,
    addresses TEXT NOT NULL,
    location TEXT NOT NULL,
    department TEXT NOT NULL,
    owner TEXT NOT NULL,
    on_wire INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    internet INTEGER NOT NULL,
    cleartext INTEGER NOT NULL,
    score REAL NOT NULL DEFAULT 0,
    band INTEGER NOT NULL DEFAULT 0,
    findings INTEGER NOT NULL DEFAULT 0,
    assessed INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    whole BLOB NOT NULL,
    matter BLOB NOT NULL,
    search TEXT NOT NULL
) STRICT;
CREATE INDEX device_score ON device (gone, score DESC, id);

-- device_document: the whole device, JSON in zstd.
CREATE TABLE device_document (
    device INTEGER NOT NULL PRIMARY KEY,
    document BLOB NOT NULL,
    FOREIGN KEY (device) REFERENCES device (num)
) STRICT;

-- device_former: IDs that a device had before.
CREATE TABLE device_former (
    id TEXT NOT NULL PRIMARY KEY,
    device INTEGER NOT NULL,
    since INTEGER NOT NULL,
    FOREIGN KEY (device) REFERENCES device (num)
) STRICT;
CREATE INDEX device_former_device ON device_former (device);

-- device_subject: what claims may name a device by: mac:, ip:, asset:.
CREATE TABLE device_subject (
    subject TEXT NOT NULL,
    device INTEGER NOT NULL,
    PRIMARY KEY (subject, device)
) WITHOUT ROWID, STRICT;
CREATE INDEX device_subject_device ON device_subject (device);

CREATE TABLE import (
    id TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX import_at ON import (at DESC);
CREATE INDEX import_sha256 ON import (sha256);

CREATE TABLE evidence (
    import TEXT NOT NULL,
    kind TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (import, kind),
    FOREIGN KEY (import) REFERENCES import (id)
) STRICT;

-- text: long texts that many findings share, once each, in zstd.
CREATE TABLE text (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;

-- vulnerability: the sums over all devices.
CREATE TABLE vulnerability (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL DEFAULT '',
    kev INTEGER NOT NULL DEFAULT 0,
    epss REAL NOT NULL DEFAULT 0,
    devices INTEGER NOT NULL DEFAULT 0,
    score REAL NOT NULL DEFAULT 0,
    band INTEGER NOT NULL DEFAULT 0,
    first INTEGER NOT NULL DEFAULT 0
) STRICT;

-- publication: the numbers of advisories; devices counts those with an open
-- finding of it.
CREATE TABLE publication (
    num INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    devices INTEGER NOT NULL DEFAULT 0
) STRICT;

-- finding: status, match and band are the codes of store/code.go. closed is 0
-- while it is true; last is set when it closes, until then device.assessed tells.
CREATE TABLE finding (
    device INTEGER NOT NULL,
    vulnerability INTEGER NOT NULL,
    publication INTEGER NOT NULL,
    score REAL NOT NULL,
    band INTEGER NOT NULL,
    status INTEGER NOT NULL,
    matched INTEGER NOT NULL,
    finding INTEGER NOT NULL,
    assessment INTEGER NOT NULL,
    why INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    PRIMARY KEY (device, vulnerability)
) WITHOUT ROWID, STRICT;
CREATE INDEX finding_vulnerability ON finding (vulnerability, closed, score DESC, band);
CREATE INDEX finding_score ON finding (score DESC) WHERE closed = 0;

CREATE TABLE work (
    key TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    rank INTEGER NOT NULL,
    band INTEGER NOT NULL,
    kind TEXT NOT NULL,
    assignee TEXT NOT NULL,
    due INTEGER NOT NULL,
    first INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    rank_before INTEGER NOT NULL,
    rank_day INTEGER NOT NULL,
    version INTEGER NOT NULL,
    links BLOB NOT NULL,
    document BLOB NOT NULL
) STRICT;
CREATE INDEX work_rank ON work (state, rank);

CREATE TABLE work_device (
    device INTEGER NOT NULL,
    work TEXT NOT NULL,
    PRIMARY KEY (device, work)
) WITHOUT ROWID, STRICT;
CREATE INDEX work_device_work ON work_device (work);

CREATE TABLE work_vulnerability (
    vulnerability TEXT NOT NULL,
    work TEXT NOT NULL,
    PRIMARY KEY (vulnerability, work)
) WITHOUT ROWID, STRICT;
CREATE INDEX work_vulnerability_work ON work_vulnerability (work);

-- comment: subject names a device by #num, so that it follows a new ID.
CREATE TABLE comment (
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    deleted INTEGER NOT NULL
) STRICT;
CREATE INDEX comment_subject ON comment (subject, at);

-- decision and decision_event are append-only; decision_state is what holds now.
CREATE TABLE decision (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    device TEXT NOT NULL,
    vulnerability TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
-- ward append-only decision

CREATE TABLE decision_event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    decision TEXT NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    FOREIGN KEY (decision) REFERENCES decision (id)
) STRICT;
CREATE INDEX decision_event_decision ON decision_event (decision);
-- ward append-only decision_event

CREATE TABLE decision_state (
    decision TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    device INTEGER NOT NULL,
    vulnerability TEXT NOT NULL,
    at INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    second_by TEXT NOT NULL,
    second_at INTEGER NOT NULL,
    second_reason TEXT NOT NULL,
    FOREIGN KEY (decision) REFERENCES decision (id)
) STRICT;
CREATE INDEX decision_state_device ON decision_state (device);
CREATE INDEX decision_state_vulnerability ON decision_state (vulnerability);
CREATE INDEX decision_state_at ON decision_state (at DESC);

CREATE TABLE change (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    device INTEGER NOT NULL,
    vulnerability TEXT NOT NULL,
    advisory TEXT NOT NULL,
    work TEXT NOT NULL,
    body TEXT NOT NULL,
    cause TEXT NOT NULL
) STRICT;
CREATE INDEX change_at ON change (at);
CREATE INDEX change_device ON change (device, id);
CREATE INDEX change_vulnerability ON change (vulnerability, id);
