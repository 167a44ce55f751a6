//go:build unix

package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ward/asset/device"
	"ward/vuln/risk"
)

// The test binary plays Ward itself where WARD_CRASH says how.
func TestMain(m *testing.M) {
	if path := os.Getenv("WARD_CRASH"); path != "" {
		if err := writeForever(path); err != nil {
			fmt.Println("error", err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeForever imports without end and says each number that was acknowledged.
func writeForever(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: path})
	if err != nil {
		return err
	}
	fmt.Println("open")
	for i := 1; ; i++ {
		id := strconv.Itoa(i)
		if err := s.Finish(ctx, Import{ID: id, SHA256: id, At: s.Now()}, Evidence{id, "inventory", make([]byte, 20000)}); err != nil {
			return err
		}
		_, err := s.PutDevices(ctx, id, func(put func(*device.Device) error) error {
			for n := range 50 {
				d := pump(n)
				d.Version = id
				if err := put(d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if _, err := s.PutAssessed(ctx, id, []Assessed{{Device: pump(1).ID, Findings: []Finding{finding(pump(1).ID, "CVE-1", float64(i%100), risk.ActNow)}}}); err != nil {
			return err
		}
		if err := s.Audit(ctx, Ward, "import", id, ""); err != nil {
			return err
		}
		fmt.Println("done", i)
	}
}

// wardProcess starts the writer and gives what it says.
func wardProcess(t *testing.T, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "WARD_CRASH="+path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

// acknowledged reads on until the process ends and gives the last number.
func acknowledged(lines *bufio.Scanner) (last int, message string) {
	for lines.Scan() {
		if n, ok := strings.CutPrefix(lines.Text(), "done "); ok {
			last, _ = strconv.Atoi(n)
		} else {
			message = lines.Text()
		}
	}
	return last, message
}

// holds checks that everything up to a number is there, and all of it fits.
func holds(t *testing.T, path string, last int) {
	t.Helper()
	s := get(Open(t.Context(), Options{Path: path}))(t)
	defer s.Close()
	for i := 1; i <= last; i++ {
		if got, err := s.Import(t.Context(), strconv.Itoa(i)); err != nil || got.State != ImportDone {
			t.Fatalf("import %d of %d that were acknowledged: %+v, %v", i, last, got, err)
		}
	}
	healthy(t, s)
}

func healthy(t *testing.T, s *Store) {
	t.Helper()
	for _, d := range s.Check(t.Context()) {
		if !d.OK && d.What != "permissions" && d.What != "free space" {
			t.Errorf("%s: %s", d.What, d.Detail)
		}
	}
}

// TestKill ends the process in the middle of its writes, again and again.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ward.db")
	for round := range 5 {
		cmd, lines := wardProcess(t, path)
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "done") && !strings.HasPrefix(lines.Text(), "error") {
		}
		first, _ := strconv.Atoi(strings.TrimPrefix(lines.Text(), "done "))
		time.AfterFunc(time.Duration(10+130*round)*time.Millisecond, func() { cmd.Process.Signal(syscall.SIGKILL) })
		last, message := acknowledged(lines)
		last = max(last, first)
		if strings.HasPrefix(message, "error") {
			t.Fatal(message)
		}
		if round == 0 && last == 0 {
			t.Error("nothing was written before the kill")
		}
		holds(t, path, last)
	}
}

// TestSecondProcess refuses a file that another process has.
func TestSecondProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ward.db")
	cmd, lines := wardProcess(t, path)
	if !lines.Scan() || lines.Text() != "open" {
		t.Fatal(lines.Text())
	}
	_, err := Open(t.Context(), Options{Path: path})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), strconv.Itoa(cmd.Process.Pid)) {
		t.Fatal(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	holds(t, path, 0)
}

// TestFullDisk writes until there is no room: an error, and nothing that was
// acknowledged is lost.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ward.db")
	s := get(Open(t.Context(), Options{Path: path}))(t)
	must(t, get2(s.write.Exec("PRAGMA max_page_count = 400")))
	last := 0
	var err error
	for i := 1; i < 1000 && err == nil; i++ {
		id := strconv.Itoa(i)
		if err = s.Finish(t.Context(), Import{ID: id}, Evidence{id, "inventory", make([]byte, 50000)}); err == nil {
			last = i
		}
	}
	if err == nil || last == 0 {
		t.Fatal("the disk was never full", last)
	}
	if _, err := s.Import(t.Context(), strconv.Itoa(last)); err != nil {
		t.Error("a full disk stops reading:", err)
	}
	must(t, s.Close())
	holds(t, path, last)
}

// TestFileLimit is a disk that is full below SQLite: the kernel refuses to let
// a file grow (EFBIG), in another process.
func TestFileLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ward.db")
	cmd := exec.Command("/bin/sh", "-c", "ulimit -f 6000; trap '' XFSZ; exec \"$0\"", os.Args[0])
	cmd.Env = append(os.Environ(), "WARD_CRASH="+path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	last, message := acknowledged(bufio.NewScanner(out))
	if err := cmd.Wait(); err == nil || !strings.HasPrefix(message, "error") || last == 0 {
		t.Fatal(err, message, last)
	}
	holds(t, path, last)
}

// TestTornJournal loses power: the write-ahead log ends anywhere. What is left
// is a state that once was.
func TestTornJournal(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "ward.db")
	s := get(Open(t.Context(), Options{Path: path}))(t)
	must(t, get2(s.write.Exec("PRAGMA wal_checkpoint(TRUNCATE)")))
	must(t, get2(s.write.Exec("PRAGMA wal_autocheckpoint = 0")))
	ends := []int64{0} // length of the log after each commit
	for i := 1; i <= 20; i++ {
		id := strconv.Itoa(i)
		must(t, s.Finish(t.Context(), Import{ID: id}, Evidence{id, "inventory", make([]byte, 3000)}))
		info := get(os.Stat(path + "-wal"))(t)
		ends = append(ends, info.Size())
	}
	file, log := get(os.ReadFile(path))(t), get(os.ReadFile(path+"-wal"))(t)
	must(t, s.Close())
	for cut := int64(0); cut <= int64(len(log)); cut += int64(len(log))/60 + 1 {
		torn(t, file, log[:cut], ends, cut)
	}
}

func torn(t *testing.T, file, log []byte, ends []int64, cut int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ward.db")
	must(t, os.WriteFile(path, file, 0o600))
	must(t, os.WriteFile(path+"-wal", log, 0o600))
	whole := 0 // commits that lie in what is left
	for i, end := range ends {
		if end <= cut {
			whole = i
		}
	}
	holds(t, path, whole)
	s := get(Open(t.Context(), Options{Path: path}))(t)
	defer s.Close()
	if _, n, err := s.Imports(t.Context(), nil, 0, 0); err != nil || n != whole {
		t.Errorf("log cut at %d: %d imports, %v, want %d", cut, n, err, whole)
	}
}

// TestNewer refuses a file of a newer Ward and leaves it as it is.
func TestNewer(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			s, _ := openTest(t, db)
			must(t, get2(s.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, "+map[bool]string{true: "true", false: "1"}[s.Postgres()]+")")))
			if err := s.migrate(t.Context()); !errors.Is(err, ErrNewer) {
				t.Error(err)
			}
		})
	}
}

// TestDoctor breaks things and looks whether they are found.
func TestDoctor(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			s, c := openTest(t, db)
			fill(t, s)
			healthy(t, s)
			find := func(what string) Diagnosis {
				t.Helper()
				for _, d := range s.Check(t.Context()) {
					if d.What == what {
						return d
					}
				}
				t.Fatal("no check", what)
				return Diagnosis{}
			}
			must(t, get2(s.write.Exec("UPDATE device SET findings = 7")))
			if d := find("sums"); d.OK || d.Hint == "" {
				t.Errorf("%+v", d)
			}
			must(t, get2(s.write.Exec("DELETE FROM finding")))
			must(t, get2(s.write.Exec("INSERT INTO work_device (device, work) VALUES (99999, 'x')")))
			if d := find("references"); d.OK || !strings.Contains(d.Detail, "1 work on no device") {
				t.Errorf("%+v", d)
			}
			c.at = c.at.Add(-day)
			if d := find("clock"); d.OK {
				t.Errorf("%+v", d)
			}
			must(t, get2(s.write.Exec("DELETE FROM goose_db_version WHERE version_id > 1")))
			if d := find("audit trail"); find("schema").OK || d.OK || !strings.Contains(d.Detail, "because this failed: schema") {
				t.Errorf("%+v", d)
			}
		})
	}
}
