package fetch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"ward/vuln/feed"
)

// maxJournal is the largest journal, in bytes.
const maxJournal = 256 << 20

// journal remembers what the servers said about each file, so that the next
// update asks only for what is new. Losing it costs only time.
type journal struct {
	path string

	mu    sync.Mutex       // guards the rest
	Files map[string]entry `json:"files"` // by URL
	NVD   map[string]paged `json:"nvd"`   // by source name
	Keys  map[string][]string
	dirty int
}

// entry is what is known of one URL.
type entry struct {
	ETag     string    `json:"etag,omitempty"`
	Modified string    `json:"modified,omitempty"` // Last-Modified as the server wrote it
	SHA256   string    `json:"sha256,omitempty"`   // of the stored file
	Listed   time.Time `json:"listed,omitzero"`    // the date that the listing gives
	Revised  time.Time `json:"revised,omitzero"`   // current_release_date of a CSAF document
	File     string    `json:"file,omitempty"`     // below the feeds folder
	Gone     time.Time `json:"gone,omitzero"`      // when its publisher no longer listed it
	Source   string    `json:"source"`
}

// saveEvery is after how many changes the journal is written.
const saveEvery = 100

func openJournal(dir string) (*journal, error) {
	if err := os.MkdirAll(filepath.Join(dir, feed.Shelf), 0o755); err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	j := &journal{path: filepath.Join(dir, feed.Shelf, "fetch.json")}
	data, err := readBounded(j.path, maxJournal)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("fetch: %w", err)
	default:
		if err := json.Unmarshal(data, j); err != nil {
			return nil, fmt.Errorf("fetch: %s: %w; delete it, the next update writes it anew", j.path, err)
		}
	}
	if j.Files == nil {
		j.Files = map[string]entry{}
	}
	if j.NVD == nil {
		j.NVD = map[string]paged{}
	}
	if j.Keys == nil {
		j.Keys = map[string][]string{}
	}
	return j, nil
}

func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s is larger than %d MB", path, limit>>20)
	}
	return os.ReadFile(path)
}

func (j *journal) file(url string) entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.Files[url]
}

// note remembers a file; now and then the journal is written.
func (j *journal) note(url string, e entry) error {
	j.mu.Lock()
	j.Files[url] = e
	j.dirty++
	due := j.dirty >= saveEvery
	j.mu.Unlock()
	if due {
		return j.save()
	}
	return nil
}

func (j *journal) save() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.dirty = 0
	data, err := json.Marshal(j)
	if err != nil {
		return err
	}
	return feed.Save(j.path, data)
}
