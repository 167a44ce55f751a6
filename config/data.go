// Package config turns flags, environment and files into the settings of one
// Ward process. It refuses what would open a door unasked.
package config

import (
	"errors"
	"os"
	"path/filepath"
)

// What stands in the data folder. Everything a hub remembers is in it; see
// docs/how-to/backup-and-restore.md for what a backup holds of it.
const (
	StoreFile    = "ward.db" // the SQLite store, unless a database URL is given
	KeyFile      = "key"     // seals secrets at rest, see Key
	FeedsFolder  = "feeds"   // vulnerability feeds as they were fetched
	IntakeFolder = "intake"  // uploads on their way
	BusFolder    = "bus"     // messages of sensors that wait
	TLSFolder    = "tls"     // the hub's own authority and certificates
)

// ErrNoHome says that no data folder can be derived.
var ErrNoHome = errors.New("config: no home folder is known: name the data folder with --data or WARD_DATA")

// DataDir is the folder that holds everything a hub remembers: $WARD_DATA, or
// ward in $XDG_DATA_HOME (XDG Base Directory Specification 0.8: only when it is
// absolute), or ~/.local/share/ward. It is not made.
func DataDir() (string, error) {
	if dir := os.Getenv("WARD_DATA"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "ward"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil || home == "" {
		return "", ErrNoHome
	}
	return filepath.Join(home, ".local", "share", "ward"), nil
}
