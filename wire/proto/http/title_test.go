package http

import "testing"

// Latin-1 bytes before the title must not move it: they grow when folded as UTF-8.
func TestTitleBehindLatin1(t *testing.T) {
	page := "<meta content=\"Ger\xe4te \xfcbersicht \xe4\xf6\xfc\"><TITLE>Pump Server</title>"
	if got := title([]byte(page)); got != "Pump Server" {
		t.Errorf("title = %q, want %q", got, "Pump Server")
	}
	if got := title([]byte("\xff\xff\xff<title>x")); got != "" {
		t.Errorf("a title without end gives %q", got)
	}
}
