package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"ward/hub"
	"ward/store"
)

// hubMemory is the limit that ward serve sets.
const hubMemory = 700 << 20

// hubMain is a hub that takes commands: the program itself has no such door.
func hubMain(dir string) error {
	debug.SetMemoryLimit(hubMemory)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	h, err := hub.New(ctx, hub.Options{Data: dir, Listen: "localhost:0", Offline: true, Version: "bench", Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(h.Base.String()); err != nil {
		return err
	}
	for in := json.NewDecoder(os.Stdin); ; {
		var command [2]string
		if err := in.Decode(&command); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if err := out.Encode(obey(ctx, h, command[0], command[1])); err != nil {
			return err
		}
	}
	stop()
	return <-ended
}

func obey(ctx context.Context, h *hub.Hub, verb, argument string) told {
	begin, before := time.Now(), cpu()
	var answer told
	var err error
	switch verb {
	case "import":
		err = importFile(ctx, h, argument)
		answer.Read = time.Since(begin).Seconds()
		if err == nil {
			err = settled(ctx, h)
		}
	case "feeds":
		h.Triage.FeedsChanged("a new KEV file")
		err = h.Triage.Wait(ctx)
	case "wait":
		err = settled(ctx, h)
	case "usage":
	default:
		err = fmt.Errorf("no such command")
	}
	answer.Devices, answer.Total = h.Triage.Status().Done, cpu().Seconds()
	answer.All, answer.CPU, answer.Peak = time.Since(begin).Seconds(), (cpu() - before).Seconds(), peak()
	if err != nil {
		answer.Error = err.Error()
	}
	return answer
}

// importFile uploads a file and waits until it is read.
func importFile(ctx context.Context, h *hub.Hub, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	i, err := h.Intake.Begin(ctx, filepath.Base(path), info.Size(), "", store.Actor{ID: "bench", Name: "bench"})
	if err != nil {
		return err
	}
	if _, err := h.Intake.Append(ctx, i.ID, 0, f); err != nil {
		return err
	}
	if i, err = h.Intake.Complete(ctx, i.ID); err != nil {
		return err
	}
	for i.State != store.ImportDone {
		if i.State == store.ImportFailed {
			return fmt.Errorf("import failed: %s", i.Error)
		}
		time.Sleep(20 * time.Millisecond)
		if i, err = h.Store.Import(ctx, i.ID); err != nil {
			return err
		}
	}
	return nil
}

// settled waits until what was read is folded and assessed.
func settled(ctx context.Context, h *hub.Hub) error {
	for {
		_, err := os.Stat(filepath.Join(h.Data, "intake", "unfolded"))
		if errors.Is(err, os.ErrNotExist) {
			break
		}
		if err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return h.Triage.Wait(ctx)
}

// peak is the highest resident memory of this process so far, in MB.
func peak() float64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return 0
	}
	return kb * 1024 / 1e6
}
