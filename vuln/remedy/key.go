package remedy

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Keys names each action of a plan by what it is: its kind, its group of devices
// and its instruction. A later plan that asks for the same names it the same,
// whether one CVE, device or point more or less hangs on it.
func Keys(plan []Action) []string {
	keys := make([]string, len(plan))
	seen := map[string]int{}
	for i := range plan {
		key := plan[i].key()
		seen[key]++
		if n := seen[key]; n > 1 {
			key += "-" + strconv.Itoa(n)
		}
		keys[i] = key
	}
	return keys
}

// keyLength is how many hexadecimal digits a key has: 80 bits.
const keyLength = 20

func (a *Action) key() string {
	text := string(a.Kind) + "\x00" + a.group
	switch {
	case a.Kind == FindOut || a.Kind.Segments(): // one for each group or zone
	case a.Kind == Patch && len(a.Steps) > 0 && a.Steps[0].announced:
		text += "\x00announced"
	case a.Kind != Patch && len(a.Steps) > 0:
		text += "\x00" + mergeKey(&a.Steps[0])
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:keyLength]
}
