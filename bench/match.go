package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"ward/sim/cvecorpus"
	"ward/spec/cpe"
	"ward/vuln/advisory"
	"ward/vuln/exposure/cpeindex"
	"ward/vuln/feed"
)

// overCPE2CVE is the goal of P2: CPU seconds of cpe2cve divided by Ward's.
const overCPE2CVE = 100

// peerVersion is the release of nvdtools that is measured; it is archived.
const peerVersion = "v0.1.5"

// matching compares on a made corpus of NVD's shape. Ward loads its prepared
// index, cpe2cve has no such thing and reads the feeds; the time to prepare is
// printed beside.
func matching(o options, self string) error {
	dir := filepath.Join(o.data, fmt.Sprintf("cves-%d", o.cves))
	c := cvecorpus.New(1, o.cves)
	if err := corpus(c, dir); err != nil {
		return err
	}
	index := filepath.Join(dir, "index")
	prepare := tool{name: "ward, index from JSON", version: []string{self, "version"},
		command: func(string) []string { return []string{self, "prepare", filepath.Join(dir, "nvd20"), index} }, count: func(_, out string) string { return out }}
	s, result, err := prepare.measure()
	if err != nil {
		return err
	}
	fmt.Printf("\npreparing the index from NVD JSON 2.0: %.1f CPU-s, %.0f MB, %s\n", s.cpu.Seconds(), float64(s.rss)/1e6, strings.TrimSpace(result))
	peer, err := peerOf(o)
	if err != nil {
		fmt.Printf("cpe2cve left out: %v\n", err)
	}
	for _, devices := range []int{o.devices, 10 * o.devices} {
		list := filepath.Join(dir, fmt.Sprintf("devices-%d.tsv", devices))
		if err := inventory(c, list, devices); err != nil {
			return err
		}
		tools := []tool{{name: "ward", version: []string{self, "version"}, command: func(string) []string { return []string{self, "match", index, list} },
			count: func(_, out string) string { return strings.TrimSpace(out) }}}
		if peer != "" && devices == o.devices {
			tools = append(tools, cpe2cve(peer, dir, list))
		}
		if err := compare(fmt.Sprintf("Matching: %d CVEs, %d devices", o.cves, devices), tools, min(o.pairs, 3)); err != nil {
			return err
		}
	}
	return nil
}

func cpe2cve(peer, dir, list string) tool {
	return tool{name: "nvdtools cpe2cve " + peerVersion, version: []string{peer, "-h"}, goal: overCPE2CVE,
		command: func(string) []string {
			return []string{"sh", "-c", fmt.Sprintf("exec %s -cpe 2 -cve 3 -idxd -nproc 2 %s/nvd11/*.json.gz < %s", peer, dir, list)}
		},
		count: func(dir, _ string) string { return fmt.Sprintf("%d matches", lines(dir, "")) }}
}

// peerOf builds cpe2cve once from the module proxy.
func peerOf(o options) (string, error) {
	bin, err := filepath.Abs(o.data)
	if err != nil {
		return "", err
	}
	path := filepath.Join(bin, "cpe2cve")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	cmd := exec.Command("go", "install", "github.com/facebookincubator/nvdtools/cmd/cpe2cve@"+peerVersion)
	cmd.Env = append(os.Environ(), "GOBIN="+bin)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install: %w\n%s", err, out)
	}
	return path, nil
}

// corpus writes the feeds in both formats, one file a year.
func corpus(c cvecorpus.Corpus, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "done")); err == nil {
		return nil
	}
	fmt.Printf("making %s\n", dir)
	for _, sub := range []string{"nvd11", "nvd20"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	for year := cvecorpus.FirstYear; year <= cvecorpus.LastYear; year++ {
		if err := packed(filepath.Join(dir, "nvd11", fmt.Sprintf("nvd-%d.json.gz", year)), func(w io.Writer) error { return c.Write11(w, year) }); err != nil {
			return err
		}
		if err := packed(filepath.Join(dir, "nvd20", fmt.Sprintf("nvd-%d.json.gz", year)), func(w io.Writer) error { return c.Write20(w, year) }); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "done"), nil, 0o644)
}

func packed(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z := gzip.NewWriter(f)
	if err := write(z); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

func inventory(c cvecorpus.Corpus, path string, devices int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := c.WriteInventory(f, devices); err != nil {
		return err
	}
	return f.Close()
}

// prepareChild reads feeds and saves the index.
func prepareChild(feeds, index string) error {
	b := cpeindex.NewBuilder()
	_, err := feed.Open(feeds, feed.Options{Record: func(a advisory.Advisory) {
		for i := range a.Vulnerabilities {
			b.Add(a.Vulnerabilities[i].ID, a.Vulnerabilities[i].Configurations)
		}
	}})
	if err != nil {
		return err
	}
	f, err := os.Create(index)
	if err != nil {
		return err
	}
	defer f.Close()
	ix := b.Index()
	if err := ix.Save(f); err != nil {
		return err
	}
	fmt.Printf("%+v\n", ix.Stats())
	return f.Close()
}

// matchChild loads the index, reads the devices and counts the matches.
func matchChild(index, list string) error {
	f, err := os.Open(index)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	ix, err := cpeindex.Load(f, info.Size())
	if err != nil {
		return err
	}
	in, err := os.Open(list)
	if err != nil {
		return err
	}
	defer in.Close()
	devices := cpeindex.NewInventory()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	var names []cpe.Name
	for lines.Scan() {
		_, text, _ := strings.Cut(lines.Text(), "\t")
		names = names[:0]
		for s := range strings.SplitSeq(text, ",") {
			n, err := cpe.Parse(s)
			if err != nil {
				return err
			}
			names = append(names, n)
		}
		devices.Add(names)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	count := 0
	devices.Match(ix, func(int, string, cpeindex.How) { count++ })
	fmt.Printf("%d matches\n", count)
	return nil
}
