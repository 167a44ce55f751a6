package fetch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/klauspost/compress/zstd"

	"ward/vuln/feed"
)

// shardSize is how many CVE numbers share a file: a page of changes rewrites few
// files, and each stays small.
const shardSize = 1000

// maxShard is the largest file of records, unpacked, in bytes.
const maxShard = 512 << 20

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

var cveID = regexp.MustCompile(`^CVE-(\d{4})-(\d{4,12})$`)

// shardOf names the file of a CVE: 2024/CVE-2024-21xxx.json.zst.
func shardOf(id string) (string, bool) {
	m := cveID.FindStringSubmatch(id)
	if m == nil {
		return "", false
	}
	n, err := strconv.ParseInt(m[2], 10, 64)
	if err != nil {
		return "", false
	}
	return fmt.Sprintf("%s/CVE-%s-%dxxx.json.zst", m[1], m[1], n/shardSize), true
}

// shard is a file of records, in the form of the API.
type shard struct {
	Count   int      `json:"resultsPerPage"`
	Format  string   `json:"format"`
	Records []record `json:"vulnerabilities"`
}

type record struct {
	CVE json.RawMessage `json:"cve"`
}

func (r record) id() string {
	var head struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(r.CVE, &head) != nil {
		return ""
	}
	return head.ID
}

// merge puts the records of a page into their files. A record that was rejected
// stays, with its status.
func (u *updater) merge(p page) error {
	by := map[string]map[string]record{}
	for _, r := range p.Records {
		rec := record{r.CVE}
		id := rec.id()
		file, ok := shardOf(id)
		if !ok {
			u.out.refuse(clip(id), fmt.Errorf("%w: a record without a CVE id", ErrNVD))
			continue
		}
		if by[file] == nil {
			by[file] = map[string]record{}
		}
		by[file][id] = rec
	}
	for file, records := range by {
		if err := u.mergeShard(filepath.Join(u.folder(), filepath.FromSlash(file)), records); err != nil {
			return err
		}
	}
	return nil
}

func (u *updater) mergeShard(path string, records map[string]record) error {
	s, err := readShard(path)
	if err != nil {
		return err
	}
	added, renewed := 0, 0
	for i, old := range s.Records {
		id := old.id()
		now, ok := records[id]
		if !ok {
			continue
		}
		if !bytes.Equal(now.CVE, old.CVE) {
			s.Records[i] = now
			renewed++
		}
		delete(records, id)
	}
	for _, r := range records {
		s.Records = append(s.Records, r)
		added++
	}
	if added+renewed == 0 {
		return nil
	}
	slices.SortFunc(s.Records, func(a, b record) int { return compareID(a.id(), b.id()) })
	u.out.Added += added
	u.out.Renewed += renewed
	return writeShard(path, s)
}

// compareID orders ids of one shard by number.
func compareID(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return bytes.Compare([]byte(a), []byte(b))
}

// readShard reads a file of records; none yet is an empty one.
func readShard(path string) (shard, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return shard{}, nil
	}
	if err != nil {
		return shard{}, err
	}
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxShard))
	if err != nil {
		return shard{}, err
	}
	defer z.Close()
	data, err := io.ReadAll(io.LimitReader(z, maxShard))
	var s shard
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return shard{}, fmt.Errorf("%s is damaged: %w; delete the folder of the feed, the next update fetches all anew", path, err)
	}
	return s, nil
}

func writeShard(path string, s shard) error {
	s.Count, s.Format = len(s.Records), "NVD_CVE"
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	return feed.Save(path, z.EncodeAll(data, nil))
}
