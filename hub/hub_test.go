package hub

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ward/internal/shareddata"
)

// running is a hub that runs until the test ends.
type running struct {
	*Hub
	dir string
}

// start runs a hub on a free port of localhost, without internet.
func start(t *testing.T, change func(*Options)) *running {
	t.Helper()
	dir := t.TempDir()
	o := Options{Data: dir, Listen: "localhost:0", Offline: true, Version: "test", Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if change != nil {
		change(&o)
	}
	h, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(30 * time.Second):
			t.Error("the hub does not stop")
		}
	})
	return &running{h, dir}
}

// realFeeds copies advisories of CISA on medical devices, KEV and EPSS into a folder.
func realFeeds(t *testing.T) string {
	t.Helper()
	from, to := filepath.Join(shareddata.Dir(t), "vuln"), t.TempDir()
	for _, name := range []string{"csaf-icsma", "kev"} {
		if err := os.CopyFS(filepath.Join(to, name), os.DirFS(filepath.Join(from, name))); err != nil {
			t.Fatal(err)
		}
	}
	return to
}
