package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"ward/wire/capture"
)

// copies is how often the real captures stand in the joined file, each time with
// other addresses: one pass is over too soon to be measured.
const copies = 20

// joined writes every Ethernet frame of the real captures into one pcap.
func joined(o options) (string, error) {
	path := filepath.Join(o.data, "real.pcap")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	var files []string
	err := filepath.WalkDir(o.shared, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(name, ".pcap") || strings.HasSuffix(name, ".cap") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	if len(files) == 0 {
		return "", errors.New("no captures in " + o.shared)
	}
	sort.Strings(files)
	fmt.Printf("joining %d captures\n", len(files))
	out, err := os.Create(path + ".part")
	if err != nil {
		return "", err
	}
	defer out.Close()
	w := bufio.NewWriterSize(out, 1<<20)
	header := []uint32{0xa1b2c3d4, 4<<16 | 2, 0, 0, 1 << 18, 1}
	if err := binary.Write(w, binary.LittleEndian, header); err != nil {
		return "", err
	}
	clock := uint32(1_700_000_000)
	for n := range copies {
		for _, file := range files {
			clock = join(w, file, byte(n), clock)
		}
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	return path, os.Rename(path+".part", path)
}

// join copies the frames of one capture; times go on from clock.
func join(w *bufio.Writer, file string, n byte, clock uint32) uint32 {
	r, err := capture.Open(file)
	if err != nil {
		return clock
	}
	defer r.Close()
	var f capture.Frame
	first := int64(0)
	last := clock
	for r.Next(&f) == nil {
		if f.Link != capture.LinkEthernet {
			continue
		}
		if first == 0 {
			first = f.Time
		}
		offset := max(0, min(f.Time-first, 3600e9))
		last = max(last, clock+uint32(offset/1e9))
		shift(f.Data, n)
		var head [16]byte
		binary.LittleEndian.PutUint32(head[0:], clock+uint32(offset/1e9))
		binary.LittleEndian.PutUint32(head[4:], uint32(offset%1e9/1000))
		binary.LittleEndian.PutUint32(head[8:], uint32(len(f.Data)))
		binary.LittleEndian.PutUint32(head[12:], uint32(f.Length))
		w.Write(head[:])
		w.Write(f.Data)
	}
	return last + 1
}

// shift changes the second octet of both IPv4 addresses of a plain frame.
func shift(b []byte, n byte) {
	if len(b) >= 34 && b[12] == 8 && b[13] == 0 {
		b[27] += n
		b[31] += n
	}
}
