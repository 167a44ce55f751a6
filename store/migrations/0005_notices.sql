-- +goose Up

-- notice: one thing worth telling, at most once in 24 hours for a subject (a
-- device, a feed, a tap) and a rule.
CREATE TABLE notice (
    id TEXT NOT NULL PRIMARY KEY,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    device TEXT NOT NULL,
    department TEXT NOT NULL,
    level TEXT NOT NULL,
    weight INTEGER NOT NULL,
    batch TEXT NOT NULL,
    name TEXT NOT NULL,
    place TEXT NOT NULL,
    body TEXT NOT NULL,
    cause TEXT NOT NULL,
    link TEXT NOT NULL,
    times INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    UNIQUE (subject, rule, first)
) STRICT;
CREATE INDEX notice_first ON notice (first);

-- delivery: the outbox. The ID follows from what is told to whom, so that the
-- same is never queued twice.
CREATE TABLE delivery (
    id TEXT NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    interrupts INTEGER NOT NULL,
    batch TEXT NOT NULL,
    document TEXT NOT NULL,
    made INTEGER NOT NULL,
    due INTEGER NOT NULL,
    next INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    state TEXT NOT NULL,
    error TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_next ON delivery (state, channel, next);
CREATE INDEX delivery_recipient ON delivery (recipient, due);
CREATE INDEX delivery_batch ON delivery (batch, recipient);
CREATE INDEX delivery_made ON delivery (made);

-- notice_verdict: whether a person found a notice useful. It outlives the notice.
CREATE TABLE notice_verdict (
    notice TEXT NOT NULL,
    person TEXT NOT NULL,
    rule TEXT NOT NULL,
    useful INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (notice, person)
) STRICT;
CREATE INDEX notice_verdict_rule ON notice_verdict (rule, at);
