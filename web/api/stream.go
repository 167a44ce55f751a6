package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// exportIdle is how long a reader of an export may read nothing before it is cut [E].
const exportIdle = time.Minute

// export answers with a file that is written while it is read from the store,
// so that its size does not matter. It is audited before the first byte; what
// fails later ends the connection, so that half a file does not look whole.
func (s *service) export(ctx context.Context, verb, object, detail, mediaType, file string, write func(io.Writer) error) (*huma.StreamResponse, error) {
	if err := s.Store.Audit(ctx, actor(ctx), verb, object, detail); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		_, w := humago.Unwrap(ctx)
		ctx.SetHeader("Content-Type", mediaType)
		ctx.SetHeader("Content-Disposition", `attachment; filename="`+file+`"`)
		if err := write(&patientWriter{w, http.NewResponseController(w)}); err != nil {
			s.Log.Error("export ended early", "file", file, "err", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// patientWriter writes as long as something is read.
type patientWriter struct {
	io.Writer
	control *http.ResponseController
}

func (p *patientWriter) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(exportIdle)) // where there is none, there is none to move
	return p.Writer.Write(b)
}
