package record

// IndexFold finds the first place of an ASCII word in b, upper or lower case
// alike; word must be lower case. Unlike an index into bytes.ToLower(b) it
// holds for b itself, whatever bytes b is made of.
func IndexFold(b []byte, word string) int {
	for i := 0; i+len(word) <= len(b); i++ {
		if foldsTo(b[i:], word) {
			return i
		}
	}
	return -1
}

func foldsTo(b []byte, word string) bool {
	for j := 0; j < len(word); j++ {
		c := b[j]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[j] {
			return false
		}
	}
	return true
}
