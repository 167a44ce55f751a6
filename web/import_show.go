package web

import (
	"net/http"
	"slices"

	"ward/asset/device"
	"ward/intake"
	"ward/people"
	"ward/store"
)

// Limits of an import's page.
const (
	maxTold     = 100      // devices it lists
	maxToldBlob = 64 << 20 // bytes of evidence, packed, that a page reads
)

// importData is one import.
type importData struct {
	importLine
	Same    *store.Import // the earlier import with the same content
	Cause   string        // of a failure, in words
	MayUndo bool
}

// showImport shows how far an import came, what it held, what was odd.
func (s *Server) showImport(w http.ResponseWriter, r *http.Request) error {
	i, err := s.Store.Import(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	who := people.FromContext(r.Context())
	data := importData{importLine: importLineOf(i, who.Person), Cause: plainCause(i.Error)}
	data.MayUndo = s.Intake != nil && i.State == store.ImportDone && i.Same == "" && who.May(people.Upload)
	if i.Same != "" {
		same, err := s.Store.Import(r.Context(), i.Same)
		if err == nil {
			data.Same = &same
		}
	}
	s.UI.Page(w, r, http.StatusOK, "import_show", "Import", data)
	return nil
}

// toldData is what an import told about devices.
type toldData struct {
	Devices []store.DeviceLine // that the person may see and that are known now
	Kinds   []toldKind
	Total   int
	Large   bool // too much to read for a page
}

type toldKind struct {
	Kind  string
	Count int
}

// showTold reads the import's part of the inventory and lists its devices.
func (s *Server) showTold(w http.ResponseWriter, r *http.Request) error {
	parts, err := s.Store.Evidence(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	var data toldData
	for _, e := range parts {
		if len(e.Blob) > maxToldBlob {
			data.Large = true
			continue
		}
		v, err := intake.Unpack(e, device.Options{})
		if err != nil {
			return err
		}
		if err := v.Each(func(d *device.Device) error { return s.addTold(r, &data, d) }); err != nil {
			return err
		}
	}
	slices.SortFunc(data.Kinds, func(a, b toldKind) int { return b.Count - a.Count })
	s.UI.Fragment(w, r, http.StatusOK, "import_show", "told", data)
	return nil
}

// addTold counts a device where the person's departments reach it.
func (s *Server) addTold(r *http.Request, data *toldData, d *device.Device) error {
	if err := r.Context().Err(); err != nil {
		return err
	}
	if len(scope(r)) > 0 {
		if _, err := s.mine(r, d.ID); err != nil {
			return nil // another department's, or not known under this name
		}
	}
	data.Total++
	if at := slices.IndexFunc(data.Kinds, func(k toldKind) bool { return k.Kind == d.Kind }); at >= 0 {
		data.Kinds[at].Count++
	} else {
		data.Kinds = append(data.Kinds, toldKind{d.Kind, 1})
	}
	if len(data.Devices) < maxTold {
		if known, err := s.line(r, d.ID); err == nil {
			data.Devices = append(data.Devices, known)
		}
	}
	return nil
}
