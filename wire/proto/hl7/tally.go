package hl7

import "hash/fnv"

// first notes a hash and tells whether it is new and the list had room.
func first(list *[]uint64, hash uint64) bool {
	for _, h := range *list {
		if h == hash {
			return false
		}
	}
	if len(*list) >= maxKinds {
		return false
	}
	*list = append(*list, hash)
	return true
}

// hashID hides a control id; zero is no id.
func hashID(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64() | 1
}

// hash joins texts into one number, so that what was seen need not be held.
func hash(texts ...string) uint64 {
	h := fnv.New64a()
	for _, s := range texts {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

func (p Party) key() string {
	return p.Name + "\x01" + p.UniversalID + "\x01" + p.Type + "\x01" + p.EUI64
}

func (m Message) hash() uint64 {
	return hash(m.Type, m.Sender.key(), m.SenderFacility.key(), m.Receiver.key(), m.ReceiverFacility.key(), m.Processing, m.Version, m.Charset)
}

// tallyText is tally for a name that is a string already.
func tallyText(list []Count, name string) []Count {
	for i := range list {
		if list[i].Name == name {
			list[i].Count++
			return list
		}
	}
	return tally(list, []byte(name))
}

// tally counts a name; beyond maxKinds all others fall together.
func tally(list []Count, name []byte) []Count {
	if len(name) == 0 {
		return list
	}
	for i := range list {
		if list[i].Name == string(name) {
			list[i].Count++
			return list
		}
	}
	if len(list) >= maxKinds {
		list[maxKinds-1].Name = otherName
		list[maxKinds-1].Count++
		return list
	}
	return append(list, Count{string(name), 1})
}
