package logfile

import (
	"encoding/base64"
	"strconv"

	"ward/wire/proto"
	"ward/wire/proto/http"
)

// HTTP is one exchange as a log reports it. Most of it never leaves this
// package: http.Codec reads it and keeps classes of it.
type HTTP struct {
	Method, Host, URI, UserAgent   string
	Status                         int
	Server, PoweredBy, ContentType string // of the answer
	RequestType                    string // content type of the request
	User, Password                 string // of Basic authentication
	HasLogin                       bool
}

// HTTP adds the facts of one exchange.
func (f *Facts) HTTP(h HTTP) {
	if h.Method == "" {
		h.Method, h.URI = "GET", "/" // the codec needs a request; it is taken out again
		defer f.forget(len(f.Seen))
	}
	req := append(make([]byte, 0, 256+len(h.URI)), oneLine(h.Method)...)
	req = append(append(append(req, ' '), oneLine(h.URI)...), " HTTP/1.1\r\n"...)
	req = field(req, "Host", h.Host)
	req = field(req, "User-Agent", h.UserAgent)
	req = field(req, "Content-Type", h.RequestType)
	if h.HasLogin {
		req = field(req, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(h.User+":"+h.Password)))
	}
	req = append(req, "\r\n"...)
	messages := []said{{proto.Orig, req}}
	if h.Status >= 100 && h.Status <= 999 {
		ans := append(make([]byte, 0, 256), "HTTP/1.1 "...)
		ans = append(strconv.AppendInt(ans, int64(h.Status), 10), " -\r\n"...)
		ans = field(ans, "Server", h.Server)
		ans = field(ans, "X-Powered-By", h.PoweredBy)
		ans = field(ans, "Content-Type", h.ContentType)
		messages = append(messages, said{proto.Resp, append(ans, "Content-Length: 0\r\n\r\n"...)})
	}
	f.ask(&http.Codec, messages...)
}

// forget takes method and path out of exchanges from index i on: only a header
// was reported.
func (f *Facts) forget(i int) {
	for ; i < len(f.Seen); i++ {
		if e, ok := f.Seen[i].Fact.(http.Exchange); ok {
			e.Method, e.Path, e.Status = "", "", 0
			f.Seen[i].Fact = e
		}
	}
}

func field(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	return append(append(append(append(b, key...), ": "...), oneLine(value)...), "\r\n"...)
}
