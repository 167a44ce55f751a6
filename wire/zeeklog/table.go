package zeeklog

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxColumns = 512
	maxValues  = 256 // of one vector
)

// table reads the rows of one log. Columns come from the #fields line or, in
// JSON, as they appear.
//
//	#separator \x09        what stands between columns
//	#set_separator ,       what stands between the values of a set or vector
//	#empty_field (empty)   an empty set or string
//	#unset_field -         no value
//	#path conn             the log
//	#fields ts uid ...     names of the columns
type table struct {
	separator, set string
	empty, unset   string
	path           string
	told           string // the log that the fields told
	names          map[string]int
	cells          []cell
	columns        int
	decoder        jsontext.Decoder
	in             bytes.Buffer
}

// cell is one value; a vector has its values in list.
type cell struct {
	text string
	list []string
	set  bool
}

// header reads a line that starts with #.
func (t *table) header(line []byte) {
	if t.separator == "" {
		t.separator, t.set, t.empty, t.unset = "\t", ",", "(empty)", "-"
	}
	if s, ok := bytes.CutPrefix(line, []byte("#separator ")); ok {
		if sep := unescape(string(s)); len(sep) == 1 {
			t.separator = sep
		}
		return
	}
	key, value, _ := strings.Cut(string(line), t.separator)
	switch key {
	case "#set_separator":
		t.set = unescape(value)
	case "#empty_field":
		t.empty = unescape(value)
	case "#unset_field":
		t.unset = unescape(value)
	case "#path":
		t.path = value
	case "#fields":
		t.fields(strings.Split(value, t.separator))
	}
}

func (t *table) fields(names []string) {
	t.names, t.columns, t.told = map[string]int{}, min(len(names), maxColumns), ""
	for i, n := range names[:t.columns] {
		if _, twice := t.names[n]; !twice {
			t.names[n] = i
		}
	}
	t.cells = make([]cell, t.columns)
}

// row reads one line with values; ok is false where their number is wrong.
func (t *table) row(line []byte) (ok bool) {
	if t.columns == 0 {
		return false
	}
	text := string(line)
	for i := range t.columns {
		value, rest, more := strings.Cut(text, t.separator)
		t.cells[i] = cell{}
		if value != t.unset {
			if value == t.empty {
				value = ""
			}
			t.cells[i] = cell{text: value, set: true}
		}
		if !more {
			return i == t.columns-1
		}
		text = rest
	}
	return false // more values than columns
}

// json reads one line with a JSON object; nested objects are passed over.
func (t *table) json(line []byte) (ok bool) {
	if t.names == nil {
		t.names = map[string]int{}
	}
	clear(t.cells)
	t.in.Reset()
	t.in.Write(line)
	d := &t.decoder
	d.Reset(&t.in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if d.PeekKind() != '{' {
		return false
	}
	if _, err := d.ReadToken(); err != nil {
		return false
	}
	for d.PeekKind() == '"' {
		key, err := d.ReadToken()
		if err != nil {
			return false
		}
		if !t.value(d, key.String()) {
			return false
		}
	}
	_, err := d.ReadToken() // the closing brace
	return err == nil && len(bytes.TrimSpace(line[min(int(d.InputOffset()), len(line)):])) == 0
}

// value reads a value into the cell of its column.
func (t *table) value(d *jsontext.Decoder, key string) (ok bool) {
	var c cell
	switch d.PeekKind() {
	case '{', 'n':
		return d.SkipValue() == nil
	case '[':
		if c.list, ok = values(d); !ok {
			return false
		}
	default:
		v, err := d.ReadToken()
		if err != nil {
			return false
		}
		c.text = scalar(v)
	}
	c.set = true
	i, known := t.names[key]
	if !known {
		if len(t.cells) == maxColumns {
			return true
		}
		i = len(t.cells)
		t.names[key], t.cells = i, append(t.cells, cell{})
	}
	t.cells[i] = c
	return true
}

func values(d *jsontext.Decoder) (list []string, ok bool) {
	if _, err := d.ReadToken(); err != nil {
		return nil, false
	}
	list = []string{}
	for {
		switch d.PeekKind() {
		case ']':
			_, err := d.ReadToken()
			return list, err == nil
		case '{', '[':
			if d.SkipValue() != nil {
				return nil, false
			}
		default:
			v, err := d.ReadToken()
			if err != nil {
				return nil, false
			}
			if len(list) < maxValues {
				list = append(list, scalar(v))
			}
		}
	}
}

// scalar gives T and F for booleans, as the TSV form does.
func scalar(v jsontext.Token) string {
	switch v.Kind() {
	case 't':
		return "T"
	case 'f':
		return "F"
	case 'n':
		return ""
	}
	return v.String()
}

// kind names the log: by #path or _path, else by fields that only it has.
func (t *table) kind() string {
	switch p, _, _ := strings.Cut(t.path, "-"); {
	case p != "":
		return p
	case t.has("_path"):
		return t.text("_path")
	case t.told != "":
		return t.told
	}
	for _, k := range tells {
		if t.column(k.fields...) {
			t.told = k.log
			break
		}
	}
	return t.told
}

// tells are fields that show which log a line without a name is of, the first
// that fits.
var tells = []struct {
	log    string
	fields []string
}{
	{"conn", []string{"uid", "conn_state", "id.orig_h"}}, {"dns", []string{"uid", "query", "id.orig_h"}}, {"dns", []string{"uid", "rcode", "id.orig_h"}},
	{"http", []string{"uid", "trans_depth", "request_body_len"}}, {"ssl", []string{"uid", "established", "resumed"}},
	{"x509", []string{"certificate.subject", "certificate.issuer"}}, {"dhcp", []string{"uids", "mac"}}, {"dhcp", []string{"uids", "msg_types"}},
	{"ssh", []string{"uid", "auth_attempts"}}, {"ssh", []string{"uid", "client", "server", "version"}}, {"software", []string{"host", "software_type"}},
	{"ntlm", []string{"uid", "server_nb_computer_name"}}, {"ntlm", []string{"uid", "domainname", "hostname"}}, {"snmp", []string{"uid", "get_requests"}},
	{"kerberos", []string{"uid", "request_type"}}, {"rdp", []string{"uid", "cookie"}}, {"rdp", []string{"uid", "security_protocol"}},
	{"modbus", []string{"uid", "func", "id.orig_h"}}, {"ntp", []string{"uid", "stratum"}}, {"sip", []string{"uid", "request_path"}},
	{"smtp", []string{"uid", "helo"}}, {"syslog", []string{"uid", "facility"}}, {"rfb", []string{"uid", "client_major_version"}},
	{"radius", []string{"uid", "connect_info"}}, {"ftp", []string{"uid", "command", "reply_code"}}, {"mqtt_connect", []string{"uid", "connect_status"}},
}

// column tells whether all these fields are there.
func (t *table) column(names ...string) bool {
	for _, n := range names {
		if _, ok := t.names[n]; !ok {
			return false
		}
	}
	return true
}

// has tells whether the row has a value.
func (t *table) has(name string) bool {
	i, ok := t.names[name]
	return ok && i < len(t.cells) && t.cells[i].set
}

// text gives a value, empty where there is none.
func (t *table) text(name string) string {
	i, ok := t.names[name]
	if !ok || i >= len(t.cells) {
		return ""
	}
	return unescape(t.cells[i].text)
}

// list gives the values of a vector or set.
func (t *table) list(name string) []string {
	i, ok := t.names[name]
	if !ok || i >= len(t.cells) || !t.cells[i].set {
		return nil
	}
	c := &t.cells[i]
	if c.list != nil || c.text == "" {
		return c.list
	}
	out := strings.SplitN(c.text, t.set, maxValues)
	for i, s := range out {
		out[i] = unescape(s)
	}
	return out
}

func (t *table) number(name string) int {
	n, err := strconv.ParseUint(t.text(name), 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}

func (t *table) count(name string) uint64 {
	n, _ := strconv.ParseUint(t.text(name), 10, 63)
	return n
}

// unescape undoes \xHH, by which Zeek writes bytes that would break its lines.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) && s[i+1] == 'x' {
			if v, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				out.WriteByte(byte(v))
				i += 3
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}
