package report

import (
	"bufio"
	"encoding/json"
	"io"

	"ward/pipeline"
)

// JSON writes the stable document of `ward analyze --format json`: two blanks of
// indentation, keys in struct order, the same bytes for the same result.
func JSON(w io.Writer, r *pipeline.Result) error {
	out := bufio.NewWriterSize(w, 1<<20)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return err
	}
	return out.Flush()
}
