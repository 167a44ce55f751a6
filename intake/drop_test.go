package intake

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ward/store"
	"ward/wire/session"
)

func TestDropFolder(t *testing.T) {
	drop := t.TempDir()
	h := open(t, t.TempDir(), Deps{Drop: Drop{Dir: drop, Keep: true, Settle: 300 * time.Millisecond}})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- h.Run(ctx) }()
	put := func(name string, content []byte) {
		t.Helper()
		at := filepath.Join(drop, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("night.pcap", files(t)["part0.pcap"])
	put("letter.pdf", []byte("%PDF-1.7 hello"))
	put("upload.part", []byte("half"))
	put("zeek/conn.log", []byte(connLog))
	if err := os.Symlink("/etc/passwd", filepath.Join(drop, "link.pcap")); err != nil {
		t.Fatal(err)
	}
	growing := filepath.Join(drop, "growing.csv")
	grown := make(chan error)
	go func() {
		f, err := os.Create(growing)
		if err == nil {
			for range 10 {
				_, err = f.WriteString("asset id,model\nB-1,Alpha\n")
				time.Sleep(100 * time.Millisecond)
			}
			f.Close()
		}
		grown <- err
	}()
	if err := <-grown; err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		list, _, err := h.Store.Imports(ctx, []store.ImportState{store.ImportDone, store.ImportFailed}, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 4 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("imports: %+v", list)
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	list, _, _ := h.Store.Imports(context.Background(), nil, 0, 10)
	for _, i := range list {
		want := map[string]string{"night.pcap": "pcap done", "letter.pdf": " failed", "zeek": "zeek done", "growing.csv": "assets done"}[i.Name]
		if got := i.Kind + " " + string(i.State); got != want {
			t.Errorf("%s: %q, want %q (%s)", i.Name, got, want, i.Error)
		}
		if i.Name == "growing.csv" && i.Size != 250 {
			t.Errorf("taken while it grew: %d bytes", i.Size)
		}
	}
	for _, name := range []string{"done/night.pcap", "done/zeek/conn.log", "done/growing.csv", "failed/letter.pdf", "upload.part", "link.pcap"} {
		if _, err := os.Lstat(filepath.Join(drop, name)); err != nil {
			t.Error(err)
		}
	}
	why, err := os.ReadFile(filepath.Join(drop, "failed/letter.pdf.txt"))
	if err != nil || !strings.Contains(string(why), "PDF") {
		t.Errorf("%q %v", why, err)
	}
}

const connLog = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" +
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\torig_pkts\tresp_pkts\n" +
	"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tcount\tcount\n" +
	"1772434800.0\tC1\t10.0.0.1\t5000\t10.0.0.2\t104\ttcp\tdicom\t1.0\t100\t200\tSF\t5\t5\n"

func TestSensorHours(t *testing.T) {
	h := open(t, t.TempDir(), Deps{})
	at := time.Date(2026, 3, 2, 7, 59, 0, 0, time.UTC)
	for n := range 4 {
		batch := []session.Session{{ID: session.ID(n), Transport: session.TCP, State: "SF", Service: "dicom", Certainty: session.Content,
			Start: at.Add(time.Duration(n) * 40 * time.Second), Last: at.Add(time.Duration(n) * 41 * time.Second),
			Orig: endpoint("10.0.0.1", 5000), Resp: endpoint("10.0.0.2", 104)}}
		if err := h.Sessions(t.Context(), "tap/../1", batch); err != nil {
			t.Fatal(err)
		}
		if err := h.Sessions(t.Context(), "tap/../1", batch); err != nil { // sent again
			t.Fatal(err)
		}
	}
	h.settle()
	list, _, err := h.Store.Imports(t.Context(), []store.ImportState{store.ImportDone}, 0, 10)
	if err != nil || len(list) != 2 || list[0].Sessions+list[1].Sessions != 4 || list[0].Kind != "sessions" {
		t.Fatalf("%+v %v", list, err)
	}
	before := h.devices()
	if err := h.compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	parts := 0
	if err := h.Store.EachEvidence(t.Context(), func(store.Evidence) error { parts++; return nil }); err != nil || parts != 1 {
		t.Errorf("%d parts after joining old hours: %v", parts, err)
	}
	if err := h.Fold(); err != nil {
		t.Fatal(err)
	}
	if h.settle(); h.devices() != before {
		t.Error("joining old hours changed a device")
	}
	if err := h.Undo(t.Context(), list[0].ID, "a test sensor, not ours", ada); !errors.Is(err, ErrJoined) {
		t.Error(err)
	}
	d, err := h.Store.Device(t.Context(), "ip:10.0.0.2")
	if err != nil || d.Services[0].Sessions != 4 {
		t.Errorf("%v %+v", err, d)
	}
}

func endpoint(addr string, port uint16) session.Endpoint {
	return session.Endpoint{Addr: netip.MustParseAddr(addr), Port: port, Packets: 5, Bytes: 100}
}
