package exposure

// SameMaker tells whether two manufacturers' names stand for one maker, or for
// a maker and the owner of its lines: aliases, successors, small misspellings.
func (s *Speller) SameMaker(a, b string) bool {
	_, same := s.lex.vendors.meet(s.lex.vendors.read(a).ids, s.lex.vendors.read(b).ids)
	return same
}
