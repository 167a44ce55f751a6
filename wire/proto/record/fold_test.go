package record

import "testing"

func TestIndexFold(t *testing.T) {
	rows := []struct {
		b, word string
		want    int
	}{
		{"", "a", -1},
		{"xxABc", "abc", 2},
		{"\xa8\xa8\xa8(CID=", "(cid=", 3}, // bytes.ToUpper makes nine bytes of the first three
		{"ab", "abc", -1},
		{"<TITLE>", "<title", 0},
		{"aab", "ab", 1},
	}
	for _, row := range rows {
		if got := IndexFold([]byte(row.b), row.word); got != row.want {
			t.Errorf("IndexFold(%q, %q) = %d, want %d", row.b, row.word, got, row.want)
		}
	}
}
