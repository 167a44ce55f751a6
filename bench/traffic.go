package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	_ "modernc.org/sqlite" // the peer

	"ward/asset/device"
	"ward/store"
	"ward/wire/packet"
	"ward/wire/session"
)

// The traffic of P6: seven days, devices that talk with a few servers each.
const (
	trafficDays    = 7
	trafficDevices = 5000
	trafficServers = 60
	peersOfDevice  = 19 // about 97 000 pairs
	rowsOfTx       = 20_000
)

var trafficBegin = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

var trafficServices = []struct {
	name string
	port uint16
}{{"hl7", 2575}, {"dicom", 104}, {"dns", 53}, {"tls", 443}, {"http", 80}, {"ntp", 123}, {"snmp", 161}, {"mqtt", 1883}, {"syslog", 514}, {"modbus", 502}}

// eachSession makes n sessions in the order of time.
func eachSession(n int, f func(*session.Session) error) error {
	rng := rand.New(rand.NewPCG(6, 6))
	step := trafficDays * 24 * time.Hour / time.Duration(n)
	end := func(i int) session.Endpoint {
		return session.Endpoint{MAC: packet.MAC{2, 0, 0, 0, byte(i >> 8), byte(i)}, Addr: netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})}
	}
	for i := range n {
		from := rng.IntN(trafficDevices)
		peer := (from*7 + rng.IntN(peersOfDevice)*131) % (trafficDevices + trafficServers)
		if rng.IntN(2) == 0 {
			peer = trafficDevices + (from+rng.IntN(4))%trafficServers
		}
		v := trafficServices[(peer+rng.IntN(2))%len(trafficServices)]
		s := session.Session{Transport: session.TCP, State: session.SF, Orig: end(from), Resp: end(peer), Service: v.name}
		s.Orig.Port, s.Resp.Port = uint16(32768+rng.IntN(28000)), v.port
		s.Orig.Bytes, s.Resp.Bytes = uint64(rng.ExpFloat64()*4000), uint64(rng.ExpFloat64()*20000)
		s.Orig.Packets, s.Resp.Packets = 2+s.Orig.Bytes/1400, 2+s.Resp.Bytes/1400
		s.Start = trafficBegin.Add(step * time.Duration(i)).Truncate(time.Microsecond)
		s.Last = s.Start.Add(time.Duration(rng.ExpFloat64() * float64(5*time.Second)))
		if err := f(&s); err != nil {
			return err
		}
	}
	return nil
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// question is one of Q1 to Q6, asked of both stores.
type question struct {
	name string
	ward func() (int, error)
	sql  string
	args []any
}

// trafficPart compares the traffic of the store with plain SQLite rows.
func trafficPart(o options) error {
	dir := filepath.Join(o.data, "traffic")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{Path: filepath.Join(dir, "ward.db")})
	if err != nil {
		return err
	}
	defer s.Close()
	making, err := timed(func() error { return eachSession(o.sessions, func(*session.Session) error { return nil }) })
	if err != nil {
		return err
	}
	took, err := timed(func() error { return fillWard(ctx, s, o.sessions) })
	if err != nil {
		return err
	}
	size := sizeOf(dir, "ward.db*")
	fmt.Printf("\nTraffic: %d sessions; ward: %.0f k sessions per CPU-s, %.1f bytes each\n", o.sessions, float64(o.sessions)/(took-making).Seconds()/1e3, float64(size)/float64(o.sessions))
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "plain.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=cache_size(-64000)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	plain, err := timed(func() error { return fillPlain(db, o.sessions) })
	if err != nil {
		return err
	}
	fmt.Printf("plain SQLite (modernc), indexes afterwards: %.0f k sessions per CPU-s, %.1f bytes each\n", float64(o.sessions)/(plain-making).Seconds()/1e3, float64(sizeOf(dir, "plain.db*"))/float64(o.sessions))
	return askBoth(questions(ctx, s), db)
}

func timed(f func() error) (time.Duration, error) {
	before := cpu()
	err := f()
	return cpu() - before, err
}

func sizeOf(dir, pattern string) (n int64) {
	files, _ := filepath.Glob(filepath.Join(dir, pattern))
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			n += info.Size()
		}
	}
	return n
}

// fillWard records all as one import and names the devices.
func fillWard(ctx context.Context, s *store.Store, n int) error {
	r, err := s.Record(ctx, "bench")
	if err != nil {
		return err
	}
	defer r.Discard()
	if err := eachSession(n, r.Session); err != nil {
		return err
	}
	if err := r.Commit(ctx); err != nil {
		return err
	}
	return s.SetOwners(ctx, func(p store.Party) device.ID { return device.ID("mac:" + p.MAC.String()) })
}

func fillPlain(db *sql.DB, n int) error {
	if _, err := db.Exec(`CREATE TABLE session (ts INTEGER, dev INTEGER, src TEXT, dst TEXT, sport INTEGER, dport INTEGER, proto TEXT, app TEXT,
		bup INTEGER, bdn INTEGER, pk INTEGER, dur INTEGER, state TEXT)`); err != nil {
		return err
	}
	var tx *sql.Tx
	var put *sql.Stmt
	i := 0
	err := eachSession(n, func(s *session.Session) (err error) {
		if i%rowsOfTx == 0 {
			if tx != nil {
				if err := tx.Commit(); err != nil {
					return err
				}
			}
			if tx, err = db.Begin(); err != nil {
				return err
			}
			if put, err = tx.Prepare("INSERT INTO session VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"); err != nil {
				return err
			}
		}
		i++
		_, err = put.Exec(s.Start.UnixMicro(), int64(s.Orig.MAC[4])<<8|int64(s.Orig.MAC[5]), s.Orig.Addr.String(), s.Resp.Addr.String(), s.Orig.Port, s.Resp.Port,
			string(s.Transport), s.Service, int64(s.Orig.Bytes), int64(s.Resp.Bytes), int64(s.Orig.Packets+s.Resp.Packets), s.Last.Sub(s.Start).Microseconds(), string(s.State))
		return err
	})
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	for _, q := range []string{"CREATE INDEX a ON session (dev, ts)", "CREATE INDEX b ON session (dst)", "CREATE INDEX c ON session (app, ts)"} {
		if _, err := db.Exec(q); err != nil {
			return err
		}
	}
	return nil
}

func questions(ctx context.Context, s *store.Store) []question {
	day := trafficBegin.Add((trafficDays - 1) * 24 * time.Hour)
	since, one := day.UnixMicro(), device.ID("mac:02:00:00:00:04:d2")
	address := netip.MustParseAddr("10.1.4.210")
	return []question{
		{"Q1 top 20 devices, 24 h", func() (int, error) { l, err := s.TopTalkers(ctx, day, 20); return len(l), err },
			"SELECT dev, sum(bup + bdn) FROM session WHERE ts >= ? GROUP BY dev ORDER BY 2 DESC LIMIT 20", []any{since}},
		{"Q2 last 100 of a device", func() (int, error) { l, err := s.DeviceSessions(ctx, one, 100); return len(l), err },
			"SELECT * FROM session WHERE dev = ? ORDER BY ts DESC LIMIT 100", []any{1234}},
		{"Q3 protocol per hour, all", func() (int, error) { l, err := s.ServiceHours(ctx, time.Time{}); return len(l), err },
			"SELECT ts / 3600000000, app, count(*), sum(bup + bdn) FROM session GROUP BY 1, 2", nil},
		{"Q4 distinct peers, 24 h", func() (int, error) { m, err := s.PeerCounts(ctx, day); return len(m), err },
			"SELECT dev, count(DISTINCT dst) FROM session WHERE ts >= ? GROUP BY dev", []any{since}},
		{"Q5 count by peer address", func() (int, error) { _, n, err := s.AddressSessions(ctx, address, time.Time{}); return int(n), err },
			"SELECT count(*) FROM session WHERE dst = ?", []any{address.String()}},
		{"Q6 newest 50 of a protocol", func() (int, error) { l, err := s.ServiceSessions(ctx, "modbus", day, 50); return len(l), err },
			"SELECT * FROM session WHERE app = ? AND ts >= ? ORDER BY ts DESC LIMIT 50", []any{"modbus", since}},
	}
}

// askBoth prints the median of three warm answers of each, and the results.
func askBoth(all []question, db *sql.DB) error {
	for _, q := range all {
		ward, n, err := medianOf(q.ward)
		if err != nil {
			return err
		}
		plain, m, err := medianOf(func() (int, error) { return rowsOf(db, q.sql, q.args) })
		if err != nil {
			return err
		}
		fmt.Printf("%-28s ward %8.2f ms (%d)   plain SQLite %9.2f ms (%d)   ratio %.1f\n", q.name, ward, n, plain, m, plain/ward)
	}
	return nil
}

func medianOf(f func() (int, error)) (ms float64, n int, err error) {
	var took []float64
	for range 4 { // the first warms
		begin := time.Now()
		if n, err = f(); err != nil {
			return 0, 0, err
		}
		took = append(took, float64(time.Since(begin).Microseconds())/1e3)
	}
	took = took[1:]
	slices.Sort(took)
	return took[1], n, nil
}

// rowsOf counts the rows of an answer; of a single number, the number.
func rowsOf(db *sql.DB, query string, args []any) (int, error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	n := 0
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return 0, err
		}
		n++
	}
	if v, ok := values[0].(int64); ok && len(columns) == 1 {
		n = int(v)
	}
	return n, rows.Err()
}
