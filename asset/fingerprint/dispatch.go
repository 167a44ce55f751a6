package fingerprint

func (r *Reader) fact()    {}
func (r *Reader) service() {}
