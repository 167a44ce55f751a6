package bundle

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/mod/sumdb/note"

	"ward/internal/shareddata"
	"ward/vuln/feed"
)

var day = time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)

const kevText = `{"catalogVersion":"1","dateReleased":"2026-07-01T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2024-0001","dateAdded":"2024-02-02"}]}`

// keys makes a signer and its verifier.
func keys(t testing.TB) (note.Signer, note.Verifier) {
	t.Helper()
	private, public, err := GenerateKey("clinic")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tree lists the files of a folder with their digests.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		name, _ := filepath.Rel(dir, path)
		out[name] = hex.EncodeToString(sum[:8])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCarryRealFeeds packs the shared feeds, encrypted, and reads the same from
// the imported folder.
func TestCarryRealFeeds(t *testing.T) {
	dir := filepath.Join(shareddata.Dir(t), "vuln")
	signer, verifier := keys(t)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	m, err := Write(&b, dir, WriteOptions{Now: day, Signer: signer, Recipients: []age.Recipient{identity.Recipient()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files, %d bytes packed", len(m.Files), b.Len())
	target := filepath.Join(t.TempDir(), "feeds")
	if _, err := Import(bytes.NewReader(b.Bytes()), target, ImportOptions{Trust: []note.Verifier{verifier}}); !errors.Is(err, ErrEncrypted) {
		t.Errorf("without identity: %v", err)
	}
	other, _ := age.GenerateX25519Identity()
	if _, err := Import(bytes.NewReader(b.Bytes()), target, ImportOptions{Trust: []note.Verifier{verifier}, Identities: []age.Identity{other}}); err == nil {
		t.Error("with the identity of another")
	}
	if _, err := Import(&b, target, ImportOptions{Trust: []note.Verifier{verifier}, Identities: []age.Identity{identity}, Now: day}); err != nil {
		t.Fatal(err)
	}
	want, err := feed.Ages(dir, day)
	if err != nil {
		t.Fatal(err)
	}
	got, err := feed.Ages(target, day)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || len(got) < 4 {
		t.Errorf("%v\nwant %v", got, want)
	}
}

// TestImportReplacesAndUndoes keeps what the bundle does not bring, replaces
// what it does, refuses older ones, and goes back.
func TestImportReplacesAndUndoes(t *testing.T) {
	signer, verifier := keys(t)
	trust := ImportOptions{Trust: []note.Verifier{verifier}}
	outside, inside := t.TempDir(), filepath.Join(t.TempDir(), "feeds")
	make := func(when time.Time) []byte {
		var b bytes.Buffer
		if _, err := Write(&b, outside, WriteOptions{Now: when, Signer: signer}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	write(t, outside, "kev/kev.json", kevText)
	write(t, outside, ".ward/fetch.json", "hidden")
	first := make(day)
	write(t, outside, "kev/kev.json", strings.Replace(kevText, "2026-07-01", "2026-08-01", 1))
	write(t, outside, "kev/more.json", kevText)
	second := make(day.AddDate(0, 0, 7))
	write(t, inside, "own/advisory.json", "mine")
	write(t, inside, "kev/stale.json", "old")
	for _, b := range [][]byte{first, second} {
		if _, err := Import(bytes.NewReader(b), inside, trust); err != nil {
			t.Fatal(err)
		}
	}
	got := tree(t, inside)
	if got["own/advisory.json"] == "" || got["kev/more.json"] == "" || got["kev/stale.json"] != "" || got[".ward/fetch.json"] != "" || got[".ward/feeds.json"] == "" {
		t.Errorf("%v", got)
	}
	if _, err := Import(bytes.NewReader(first), inside, trust); !errors.Is(err, ErrOlder) {
		t.Errorf("older: %v", err)
	}
	if err := Undo(inside); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, inside); got["kev/more.json"] != "" || got["kev/kev.json"] == "" {
		t.Errorf("after undo: %v", got)
	}
	if err := Undo(inside); err != nil || tree(t, inside)["kev/more.json"] == "" {
		t.Errorf("undo of undo: %v", err)
	}
	trust.Older = true
	if _, err := Import(bytes.NewReader(first), inside, trust); err != nil {
		t.Errorf("older on demand: %v", err)
	}
	trust.Now = day.AddDate(0, -1, 0)
	if _, err := Import(bytes.NewReader(second), inside, trust); err == nil {
		t.Error("a bundle of the future")
	}
}

// forge makes a bundle around any archive, signed rightly: what an insider or a
// stolen key could do.
func forge(t testing.TB, signer note.Signer, m Manifest, fill func(*tar.Writer)) []byte {
	t.Helper()
	m.Created = day
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	z, err := zstd.NewWriter(&content)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	if err := entry(w, manifestName, int64(len(data)), bytes.NewReader(data), day); err != nil {
		t.Fatal(err)
	}
	fill(w)
	w.Close()
	z.Close()
	return seal(t, signer, content.Bytes())
}

func seal(t testing.TB, signer note.Signer, content []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(content)
	signed, err := note.Sign(&note.Note{Text: header{day, hex.EncodeToString(sum[:]), int64(len(content))}.String()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return append(append(signed, '\n'), content...)
}

// TestBadBundles changes nothing, whatever is in the bundle.
func TestBadBundles(t *testing.T) {
	signer, verifier := keys(t)
	stranger, _ := keys(t)
	outside := t.TempDir()
	write(t, outside, "kev/kev.json", kevText)
	var b bytes.Buffer
	if _, err := Write(&b, outside, WriteOptions{Now: day, Signer: signer}); err != nil {
		t.Fatal(err)
	}
	good := b.Bytes()
	var foreign bytes.Buffer
	if _, err := Write(&foreign, outside, WriteOptions{Now: day, Signer: stranger}); err != nil {
		t.Fatal(err)
	}
	flip := func(at int) []byte {
		out := bytes.Clone(good)
		out[at] ^= 1
		return out
	}
	sum := sha256.Sum256([]byte(kevText))
	file := func(name string) Manifest {
		return Manifest{Files: []File{{name, int64(len(kevText)), hex.EncodeToString(sum[:])}}}
	}
	put := func(h tar.Header, text string) func(*tar.Writer) {
		return func(w *tar.Writer) {
			h.Size = int64(len(text))
			w.WriteHeader(&h)
			w.Write([]byte(text))
		}
	}
	plain := func(name string) func(*tar.Writer) {
		return put(tar.Header{Typeflag: tar.TypeReg, Name: "feeds/" + name, Mode: 0o644}, kevText)
	}
	for _, row := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ErrFormat},
		{"text", []byte("Dear colleague\n\n\n"), ErrFormat},
		{"cut in the header", good[:40], ErrFormat},
		{"cut in the content", good[:len(good)-9], ErrDigest},
		{"longer", append(bytes.Clone(good), 'x'), ErrDigest},
		{"a bit of the content", flip(len(good) - 30), ErrDigest},
		{"the date", bytes.Replace(good, []byte("created 2026"), []byte("created 2027"), 1), ErrSignature},
		{"the digest", flip(bytes.Index(good, []byte("content ")) + 9), ErrSignature},
		{"a stranger", foreign.Bytes(), ErrSignature},
		{"a long header", append([]byte(format+"\n"), bytes.Repeat([]byte("x\n"), 9000)...), ErrFormat},
		{"signed rubbish", seal(t, signer, []byte("rubbish")), ErrFormat},
		{"path upwards", forge(t, signer, file("../kev.json"), plain("../kev.json")), ErrUnsafe},
		{"path absolute", forge(t, signer, file("/etc/kev.json"), plain("/etc/kev.json")), ErrUnsafe},
		{"path of Windows", forge(t, signer, file(`c:\kev.json`), plain(`c:\kev.json`)), ErrUnsafe},
		{"path hidden", forge(t, signer, file("a/.ward/feeds.json"), plain("a/.ward/feeds.json")), ErrUnsafe},
		{"link", forge(t, signer, file("kev.json"), put(tar.Header{Typeflag: tar.TypeSymlink, Name: "feeds/kev.json", Linkname: "/etc/passwd"}, "")), ErrUnsafe},
		{"another name", forge(t, signer, file("kev.json"), plain("other.json")), ErrUnsafe},
		{"one more", forge(t, signer, file("kev.json"), func(w *tar.Writer) { plain("kev.json")(w); plain("more.json")(w) }), ErrUnsafe},
		{"one less", forge(t, signer, file("kev.json"), func(*tar.Writer) {}), ErrFormat},
		{"other content", forge(t, signer, file("kev.json"), put(tar.Header{Typeflag: tar.TypeReg, Name: "feeds/kev.json"}, strings.Replace(kevText, "0001", "0002", 1))), ErrDigest},
		{"twice", forge(t, signer, Manifest{Files: append(file("kev.json").Files, file("KEV.json").Files...)}, func(w *tar.Writer) { plain("kev.json")(w); plain("KEV.json")(w) }), ErrUnsafe},
		{"bomb", forge(t, signer, Manifest{Files: []File{{"a", MaxUnpacked, ""}, {"b", 1, ""}}}, func(*tar.Writer) {}), ErrSpace},
		{"no feed", forge(t, signer, Manifest{}, func(*tar.Writer) {}), ErrFormat},
	} {
		t.Run(row.name, func(t *testing.T) {
			around := t.TempDir()
			dir := filepath.Join(around, "feeds")
			write(t, dir, "kev/kev.json", "former")
			before := tree(t, around)
			_, err := Import(bytes.NewReader(row.data), dir, ImportOptions{Trust: []note.Verifier{verifier}})
			if !errors.Is(err, row.want) {
				t.Errorf("%v, want %v", err, row.want)
			}
			if got := tree(t, around); fmt.Sprint(got) != fmt.Sprint(before) {
				t.Errorf("changed or left behind: %v", got)
			}
			if left, _ := os.ReadDir(around); len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	if _, err := Import(bytes.NewReader(good), filepath.Join(t.TempDir(), "feeds"), ImportOptions{Trust: []note.Verifier{verifier}}); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

// TestCutOffSwap mends a folder that was lost between two renames.
func TestCutOffSwap(t *testing.T) {
	for _, left := range []string{former, former + "-swap"} {
		dir := filepath.Join(t.TempDir(), "feeds")
		write(t, dir+left, "kev.json", kevText)
		got, err := prepare(dir)
		if err != nil || tree(t, got)["kev.json"] == "" {
			t.Errorf("%s: %v", left, err)
		}
	}
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	write(t, a, "new", "x")
	write(t, b, "old", "x")
	if err := byRename(a, b); err != nil || tree(t, b)["new"] == "" || tree(t, a)["old"] == "" {
		t.Errorf("%v %v %v", err, tree(t, a), tree(t, b))
	}
}

func FuzzHeader(f *testing.F) {
	signer, verifier := keys(f)
	f.Add(seal(f, signer, []byte("x")))
	f.Add([]byte(format + "\ncreated 2026-11-20T06:00:00Z\ncontent 00 1\n\n— clinic AAAA\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bufio.NewReader(bytes.NewReader(data))
		h, err := readHeader(in, []note.Verifier{verifier})
		if err == nil && (len(h.sum) != 64 || h.size < 0 || h.size > MaxBytes) {
			t.Fatalf("%+v", h)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	signer, _ := keys(f)
	sum := sha256.Sum256([]byte(kevText))
	whole := forge(f, signer, Manifest{Files: []File{{"kev.json", int64(len(kevText)), hex.EncodeToString(sum[:])}}}, func(w *tar.Writer) {
		w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "feeds/kev.json", Size: int64(len(kevText)), Mode: 0o644})
		w.Write([]byte(kevText))
	})
	_, content, _ := bytes.Cut(whole, []byte{0x28, 0xb5, 0x2f, 0xfd})
	packed := append([]byte{0x28, 0xb5, 0x2f, 0xfd}, content...)
	z, err := zstd.NewReader(bytes.NewReader(packed))
	if err != nil {
		f.Fatal(err)
	}
	var flat bytes.Buffer
	if _, err := flat.ReadFrom(z); err != nil {
		f.Fatal(err)
	}
	f.Add(flat.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		around := t.TempDir()
		dir := filepath.Join(around, "in")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		m, err := unpackArchive(tar.NewReader(bytes.NewReader(data)), dir)
		if err == nil && len(tree(t, dir)) != len(m.Files) {
			t.Fatalf("%d files of %d", len(tree(t, dir)), len(m.Files))
		}
		if left, _ := os.ReadDir(around); len(left) != 1 {
			t.Fatalf("outside of the folder: %v", left)
		}
	})
}
