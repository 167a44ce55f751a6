package http

import "ward/wire/proto"

// counters adds up FHIR and DICOMweb requests by kind until the session ends.
type counters struct {
	fhir  []FHIR
	dicom []DICOMweb
}

// add counts an answer with its request; bytes are those of both bodies.
func (c *counters) add(ans message, bytes int64) {
	req := ans.paired
	if req == nil {
		return
	}
	switch {
	case isFHIR(*req, ans):
		c.addFHIR(FHIR{Method: req.Method, Resource: req.path.resource, Status: ans.Status, Everything: req.path.everything})
	case isDICOMweb(*req, ans):
		c.addDICOM(DICOMweb{Verb: verb(*req), Level: req.path.level, Status: ans.Status}, bytes)
	}
}

func (c *counters) addFHIR(f FHIR) {
	for i := range c.fhir {
		have := c.fhir[i]
		have.Count = 0
		if have == f {
			c.fhir[i].Count++
			return
		}
	}
	if len(c.fhir) < maxKinds {
		f.Count = 1
		c.fhir = append(c.fhir, f)
	}
}

func (c *counters) addDICOM(d DICOMweb, bytes int64) {
	for i := range c.dicom {
		have := c.dicom[i]
		have.Count, have.Bytes = 0, 0
		if have == d {
			c.dicom[i].Count++
			c.dicom[i].Bytes += bytes
			return
		}
	}
	if len(c.dicom) < maxKinds {
		d.Count, d.Bytes = 1, bytes
		c.dicom = append(c.dicom, d)
	}
}

func (c *counters) emit(server proto.Dir, emit proto.Emit) {
	for _, f := range c.fhir {
		emit(server, f)
	}
	for _, d := range c.dicom {
		emit(server, d)
	}
}
