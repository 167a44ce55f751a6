//go:build unix

// Package postgres gives tests a real PostgreSQL: one server for the test
// process, from Debian's packages, on a socket in a folder of its own, and a
// fresh database for each test. Nothing of it is left when the process ends.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
)

// startTime is how long the server may take to come up.
const startTime = 30 * time.Second

// server is the one of this process.
var server = sync.OnceValues(start)

var databases atomic.Int64

// errMissing says that the programs are not installed.
var errMissing = errors.New("PostgreSQL is missing: apt-get install postgresql")

// New gives the URL of an empty database. Without PostgreSQL the test is
// skipped, in CI it fails.
func New(t testing.TB) string {
	t.Helper()
	server, err := server()
	if errors.Is(err, errMissing) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	folder := server.folder
	name := fmt.Sprintf("ward_%d", databases.Add(1))
	run(t, folder, "CREATE DATABASE "+name)
	t.Cleanup(func() { run(t, folder, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return address(folder, name)
}

// address is the URL of a database.
func address(folder, database string) string {
	return "postgres://ward@/" + database + "?host=" + url.QueryEscape(folder) + "&sslmode=disable"
}

func run(t testing.TB, folder, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", address(folder, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// script makes and runs the server. It ends when its input does, that is when
// the test process ends, in whatever way, and removes the folder.
const script = `set -e
"$1/initdb" -D "$2/data" -U ward -A trust -E UTF8 --locale=C --no-sync >"$2/log" 2>&1
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off -c shared_buffers=128MB \
	-c max_connections=200 >>"$2/log" 2>&1 &
p=$!
cat >/dev/null || true
kill -INT $p || true
wait $p || true
rm -rf "$2"
`

// running is a server: it lives as long as its input is open.
type running struct {
	folder string
	input  io.WriteCloser
}

// start runs the server.
func start() (running, error) {
	bin, err := programs()
	if err != nil {
		return running{}, err
	}
	folder, err := os.MkdirTemp("", "wardpg")
	if err != nil {
		return running{}, err
	}
	cmd := exec.Command("/bin/sh", "-c", script, "sh", bin, folder)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		id, err := nobody()
		if err != nil {
			return running{}, err
		}
		cmd.SysProcAttr.Credential = id
		if err := os.Chown(folder, int(id.Uid), int(id.Gid)); err != nil {
			return running{}, err
		}
	}
	input, err := cmd.StdinPipe()
	if err != nil {
		return running{}, err
	}
	if err := cmd.Start(); err != nil {
		return running{}, err
	}
	return running{folder, input}, await(folder)
}

// await waits until the server answers.
func await(folder string) error {
	db, err := sql.Open("pgx", address(folder, "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, stop := context.WithTimeout(context.Background(), startTime)
	defer stop()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(folder, "log"))
			return fmt.Errorf("PostgreSQL did not start: %w\n%s", err, log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// programs finds the newest installed server.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		if p, err := exec.LookPath("initdb"); err == nil {
			return filepath.Dir(p), nil
		}
		return "", errMissing
	}
	return strings.TrimSuffix(found[len(found)-1], "/initdb"), nil
}

func nobody() (*syscall.Credential, error) {
	u, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
