package web

import (
	"net/http"
	"net/url"

	"ward/people"
	"ward/store"
)

// importPage is how many imports the list shows at once.
const importPage = 50

// importStates are the tabs of the list: what the address says and the states.
var importStates = map[string][]store.ImportState{
	"going":  {store.ImportReceiving, store.ImportQueued, store.ImportReading},
	"done":   {store.ImportDone},
	"failed": {store.ImportFailed},
	"undone": {store.ImportUndone},
}

// importTable is what the page of imports shows.
type importTable struct {
	Imports []importLine
	State   string
	Total   int
	Offset  int
	Limit   int
	Takes   bool   // uploads are possible here
	Chunk   int64  // bytes of one part of an upload
	MaxSize int64  // bytes of one file
	Drop    string // the drop folder, for those who run Ward
}

// importLine is an import with how far it has come.
type importLine struct {
	store.Import
	Percent int // of the step it is in, 0 to 100
	Mine    bool
}

func importLineOf(i store.Import, me people.Person) importLine {
	at := i.Received
	if i.State == store.ImportReading {
		at = i.Done
	}
	line := importLine{Import: i, Mine: i.By == me.Name || i.By == me.ID}
	if i.Size > 0 {
		line.Percent = int(min(100, at*100/i.Size))
	}
	return line
}

// Going tells whether the import is on its way.
func (l importLine) Going() bool {
	return l.State == store.ImportReceiving || l.State == store.ImportQueued || l.State == store.ImportReading
}

// listImports shows what was taken in, and takes more.
func (s *Server) listImports(w http.ResponseWriter, r *http.Request) error {
	data := importTable{State: r.URL.Query().Get("state"), Offset: offset(r), Limit: importPage, Chunk: partSize}
	found, total, err := s.Store.Imports(r.Context(), importStates[data.State], data.Offset, importPage)
	if err != nil {
		return err
	}
	who := people.FromContext(r.Context())
	data.Total = total
	for _, i := range found {
		data.Imports = append(data.Imports, importLineOf(i, who.Person))
	}
	if s.Intake != nil {
		data.Takes, data.MaxSize = who.May(people.Upload), s.Intake.MaxSize
		if who.May(people.ManageSite) {
			data.Drop = s.Intake.Drop.Dir
		}
	}
	s.UI.Page(w, r, http.StatusOK, "import_list", "Imports", data)
	return nil
}

// importLink is the address of an import's page.
func importLink(id string) string { return "/imports/" + url.PathEscape(id) }
