package record

// Recent remembers the latest different values of a session, so that a codec
// emits each once. The zero value is ready to use.
type Recent[T comparable] struct {
	list []T
	next int
}

// Again tells whether v is among the last most values, and notes it where not.
func (r *Recent[T]) Again(v T, most int) bool {
	for _, old := range r.list {
		if old == v {
			return true
		}
	}
	if len(r.list) < most {
		r.list = append(r.list, v)
	} else {
		r.list[r.next%most] = v
		r.next++
	}
	return false
}
