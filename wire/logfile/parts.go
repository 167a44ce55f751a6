package logfile

import (
	"strconv"
	"time"

	"ward/wire/session"
)

// maxOpen is how many sessions are remembered whose own record has not come.
const maxOpen = 1 << 16

// Parts delivers sessions whose facts stand on other lines than their counters.
// Facts are handed on at once, as a part of their session (same ID, Part 1, no
// counters). Sessions of which only such lines exist, because they were still
// open or are not logged, follow at the end.
type Parts struct {
	Emit func(*session.Session)
	open map[session.ID]int32 // index into list
	list []session.Session
	free []int32
	lost uint64
}

// Facts hands on what one line told about a session.
func (p *Parts) Facts(s *session.Session) {
	if len(s.Facts) == 0 {
		return
	}
	if s.Certainty == "" && s.Service != "" {
		s.Certainty = session.Reported
	}
	s.Part = 1
	p.Emit(s)
	p.remember(s)
}

func (p *Parts) remember(s *session.Session) {
	if i, ok := p.open[s.ID]; ok {
		if s.Last.After(p.list[i].Last) {
			p.list[i].Last = s.Last
		}
		return
	}
	if p.open == nil {
		p.open = map[session.ID]int32{}
	}
	kept := *s
	kept.Facts, kept.Part = nil, 0
	kept.Orig.Packets = 1 // it sent something; how much is not known
	if answered(s) {
		kept.Resp.Packets = 1
	}
	if n := len(p.free); n > 0 {
		i := p.free[n-1]
		p.free = p.free[:n-1]
		p.list[i], p.open[s.ID] = kept, i
		return
	}
	if len(p.list) == maxOpen {
		p.lost++
		return
	}
	p.open[s.ID] = int32(len(p.list))
	p.list = append(p.list, kept)
}

func answered(s *session.Session) bool {
	for i := range s.Facts {
		if s.Facts[i].Dir == 1 {
			return true
		}
	}
	return false
}

// Session hands on a session with its counters.
func (p *Parts) Session(s *session.Session) {
	if i, ok := p.open[s.ID]; ok {
		delete(p.open, s.ID)
		p.free = append(p.free, i)
	}
	p.Emit(s)
}

// Close hands on the sessions that only facts told of.
func (p *Parts) Close(w *Warnings) {
	for i := range p.list {
		s := &p.list[i]
		if at, ok := p.open[s.ID]; ok && int(at) == i {
			if s.Transport == session.TCP {
				s.State = "OTH"
			}
			p.Emit(s)
		}
	}
	if p.lost > 0 {
		w.Add("%d lines belong to sessions that have no record of their own; only the first %d such sessions are listed", p.lost, maxOpen)
	}
}

// Seconds makes a time of seconds since 1970 with a fraction.
func Seconds(s string) (time.Time, bool) {
	d, ok := Duration(s)
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(0, int64(d)).UTC(), true
}

// Duration reads seconds with a fraction exactly, as logs write them.
func Duration(s string) (time.Duration, bool) {
	const maxSeconds = 1 << 33
	var whole, part int64
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		if whole = whole*10 + int64(s[i]-'0'); whole > maxSeconds {
			return 0, false
		}
	}
	if i == 0 {
		return 0, false
	}
	if i < len(s) && s[i] == '.' {
		unit := int64(time.Second)
		for i++; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			unit /= 10
			part += int64(s[i]-'0') * unit
		}
	}
	if i < len(s) {
		return scientific(s)
	}
	return time.Duration(whole)*time.Second + time.Duration(part), true
}

// scientific reads "1.5e-05", which JSON writers use for short times.
func scientific(s string) (time.Duration, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f > 1<<33 {
		return 0, false
	}
	return time.Duration(f * float64(time.Second)), true
}
