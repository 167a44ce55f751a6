package clients

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"ward/internal/canary"
	"ward/internal/tshark"
)

// Who sends and receives in the HL7 recording, and the receiver's address.
const (
	Sender, Receiver = "WARDMON", "WARDENGINE"
	EngineAddr       = "10.9.8.12"
)

// messages are an admission and a result of the canary patient (HL7 2.5).
var messages = []string{
	message("ADT^A01", "M1", "PV1|1|I|ICU^2^"+canary.Given),
	message("ORU^R01", "M2", "OBR|1|||HR^Heart rate||20260102", "OBX|1|NM|8867-4^Heart rate^LN||71|/min|||||F", "NTE|1||"+canary.Family+" "+canary.User),
}

func message(kind, id string, more ...string) string {
	segments := []string{
		`MSH|^~\&|` + Sender + `|ICU|` + Receiver + `|HIS|20260102030405||` + kind + `|` + id + `|P|2.5`,
		"PID|1||" + canary.MRN + "||" + canary.HL7Name + "||" + canary.Birth + "|F|||" + canary.Address + "||" + canary.Phone,
	}
	return strings.Join(append(segments, more...), "\r")
}

// HL7 records a client from npm that sends two messages to an independent
// server from npm, and gives the capture.
func HL7(t *testing.T) (capture string) {
	t.Helper()
	tshark.Need(t, "node")
	dir := here()
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "simple-hl7")); err != nil {
		text := "the HL7 packages are missing: scripts/setup installs them"
		if os.Getenv("CI") != "" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	list, err := json.Marshal(messages)
	if err != nil {
		t.Fatal(err)
	}
	port := freePorts(1)[0]
	serve(t, port, "node", filepath.Join(dir, "receive.js"), strconv.Itoa(port))
	r := record(t, port)
	run(t, string(list), "node", filepath.Join(dir, "send.cjs"), strconv.Itoa(port))
	capture = r.stop()
	spread(t, capture, map[int]byte{port: 12})
	return capture
}

// here gives the folder of this file.
func here() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}
