// Package epss reads the daily scores of the Exploit Prediction Scoring System
// (FIRST): CSV with a comment line that names model and date, a header line and
// rows "cve,epss,percentile". Rows that are not so are counted, not guessed.
package epss

import (
	"bufio"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"ward/vuln/feed/nvd"
)

// Limits of one file; the real one has 300,000 rows of 35 bytes.
const (
	MaxRows = 5_000_000
	maxLine = 4096
)

var (
	ErrFormat = errors.New("epss: no rows of cve, epss, percentile")
	ErrTooBig = errors.New("epss: too many rows")
)

// Head is what the comment line says.
type Head struct {
	Model string
	Date  time.Time // score_date; zero where there is no comment line
	Rows  int
	Bad   int // rows that could not be read
}

// Row is one score, probability and percentile both in [0,1].
type Row struct {
	CVE               string
	Score, Percentile float64
}

// Read streams the rows of one file.
func Read(r io.Reader, row func(Row)) (Head, error) {
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 0, 64<<10), maxLine)
	var head Head
	for scan.Scan() {
		line := strings.TrimSpace(strings.TrimPrefix(scan.Text(), "\ufeff"))
		switch {
		case line == "" || strings.HasPrefix(strings.ToLower(line), "cve,"):
		case strings.HasPrefix(line, "#"):
			head.comment(line[1:])
		default:
			got, ok := parse(line)
			if !ok {
				head.Bad++
				continue
			}
			if head.Rows++; head.Rows > MaxRows {
				return head, ErrTooBig
			}
			row(got)
		}
	}
	if err := scan.Err(); err != nil {
		return head, err
	}
	if head.Rows == 0 {
		return head, ErrFormat
	}
	return head, nil
}

func (h *Head) comment(line string) {
	for part := range strings.SplitSeq(line, ",") {
		key, value, _ := strings.Cut(part, ":")
		switch strings.TrimSpace(key) {
		case "model_version":
			h.Model = value
		case "score_date":
			h.Date = date(value)
		}
	}
}

// date also reads the zone as +0000, as older files have it.
func date(s string) time.Time {
	if t, err := time.Parse("2006-01-02T15:04:05-0700", s); err == nil {
		return t.UTC()
	}
	return nvd.Date(s)
}

func parse(line string) (Row, bool) {
	cve, rest, ok := strings.Cut(line, ",")
	score, percentile, _ := strings.Cut(rest, ",")
	if !ok || !strings.HasPrefix(cve, "CVE-") {
		return Row{}, false
	}
	s, err := strconv.ParseFloat(score, 64)
	if err != nil || math.IsNaN(s) || s < 0 || s > 1 {
		return Row{}, false
	}
	p, err := strconv.ParseFloat(percentile, 64)
	if err != nil || math.IsNaN(p) || p < 0 || p > 1 {
		p = 0
	}
	return Row{strings.Clone(cve), s, p}, true
}
