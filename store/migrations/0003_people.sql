-- +goose Up
CREATE TABLE person (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  email       TEXT NOT NULL,
  email_key   TEXT NOT NULL UNIQUE,        -- lower case
  roles       TEXT NOT NULL,               -- JSON
  departments TEXT NOT NULL,               -- JSON
  language    TEXT NOT NULL DEFAULT '',
  theme       TEXT NOT NULL DEFAULT '',
  disabled    INTEGER NOT NULL DEFAULT 0,
  created     INTEGER NOT NULL,
  seen        INTEGER NOT NULL DEFAULT 0,
  password    TEXT NOT NULL DEFAULT '',    -- argon2id, PHC
  totp        BLOB,                        -- sealed secret
  totp_step   INTEGER NOT NULL DEFAULT 0,  -- last one used
  oidc        TEXT NOT NULL DEFAULT ''     -- issuer and subject
) STRICT;
CREATE UNIQUE INDEX person_oidc ON person (oidc) WHERE oidc <> '';

CREATE TABLE recovery_code (
  person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  hash   TEXT NOT NULL,
  used   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (person, hash)
) STRICT;

CREATE TABLE passkey (
  id         TEXT PRIMARY KEY,             -- credential ID, base64url
  person     TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  name       TEXT NOT NULL,
  credential BLOB NOT NULL,                -- sealed record
  created    INTEGER NOT NULL,
  used       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX passkey_person ON passkey (person);

CREATE TABLE login (
  id      TEXT PRIMARY KEY,
  hash    TEXT NOT NULL UNIQUE,            -- SHA-256 of the cookie
  person  TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  stage   TEXT NOT NULL,
  method  TEXT NOT NULL,
  started INTEGER NOT NULL,
  used    INTEGER NOT NULL,
  address TEXT NOT NULL,
  agent   TEXT NOT NULL
) STRICT;
CREATE INDEX login_person ON login (person);

CREATE TABLE login_link (
  hash    TEXT PRIMARY KEY,
  kind    TEXT NOT NULL,
  person  TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE login_failure (
  subject TEXT NOT NULL,                   -- account or address, hashed
  at      INTEGER NOT NULL
) STRICT;
CREATE INDEX login_failure_subject ON login_failure (subject, at);
CREATE INDEX login_failure_at ON login_failure (at);

CREATE TABLE api_token (
  id      TEXT PRIMARY KEY,
  hash    TEXT NOT NULL UNIQUE,            -- SHA-256 of the token
  person  TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  name    TEXT NOT NULL,
  scope   TEXT NOT NULL,                   -- JSON
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used    INTEGER NOT NULL DEFAULT 0,
  revoked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX api_token_person ON api_token (person);
