package pipeline_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ward/asset/device"
	"ward/internal/canary"
	"ward/internal/clients"
	"ward/pipeline"
)

// seen is what a line of --sessions says, as far as these tests look.
type seen struct {
	Service, Certainty, State string
	Facts                     []struct {
		Fact struct {
			Side, Outcome, Operation, Type, Version string
			Called                                  string `json:"called_ae"`
			Calling                                 string `json:"calling_ae"`
			UID                                     string `json:"implementation_uid"`
			Implementation                          string `json:"implementation_version"`
			Sender                                  struct{ Name string }
			Statuses                                []struct{ Family string }
		}
	}
}

// live analyses a capture of real programs and gives its sessions beside the
// result. The canary must be in the capture and nowhere in what comes out.
func live(t *testing.T, file string, planted ...string) (*pipeline.Result, []seen) {
	t.Helper()
	var lines bytes.Buffer
	r, err := pipeline.Analyze(context.Background(), pipeline.Request{Inputs: []string{file}, Sessions: &lines})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Damage) > 0 {
		t.Errorf("damage: %v", r.Damage)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range planted {
		if !bytes.Contains(raw, []byte(m)) {
			t.Errorf("%q is not in the capture: the test could not fail", m)
		}
	}
	document, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range canary.Markers() {
		for _, form := range canary.Encodings(m) {
			if bytes.Contains(document, form) || bytes.Contains(lines.Bytes(), form) {
				t.Errorf("patient data came out: %q as %q", m, form)
			}
		}
	}
	var sessions []seen
	for dec := json.NewDecoder(&lines); dec.More(); {
		var s seen
		if err := dec.Decode(&s); err != nil {
			t.Fatal(err)
		}
		sessions = append(sessions, s)
	}
	return r, sessions
}

// TestDCMTK records DCMTK's tools and wants each association with its AE
// titles, implementation and operation.
func TestDCMTK(t *testing.T) {
	const uid, version = "1.2.276.0.7230010.3.0.3.6.", "OFFIS_DCMTK_3" // the root of DCMTK; a digit for each release follows
	r, sessions := live(t, clients.DICOM(t), canary.HL7Name, canary.MRN, canary.Birth, canary.Address, canary.Phone)
	var got []string
	for _, s := range sessions {
		if s.Service != "dicom" || s.Certainty != "content" || s.State != "SF" {
			t.Errorf("session %+v", s)
		}
		for _, f := range s.Facts {
			switch {
			case f.Fact.Side != "":
				if !strings.HasPrefix(f.Fact.UID, uid) || !strings.HasPrefix(f.Fact.Implementation, version) {
					t.Errorf("implementation %q %q", f.Fact.UID, f.Fact.Implementation)
				}
				if f.Fact.Side == "requestor" {
					got = append(got, f.Fact.Calling+" to "+f.Fact.Called)
				} else if f.Fact.Outcome != "accepted" {
					t.Errorf("outcome %q", f.Fact.Outcome)
				}
			case f.Fact.Operation != "":
				last := f.Fact.Statuses[len(f.Fact.Statuses)-1]
				got = append(got, f.Fact.Operation+" "+last.Family)
			}
		}
	}
	want := []string{
		clients.Modality + " to " + clients.Archive, "C-ECHO success",
		clients.Modality + " to " + clients.Archive, "C-STORE success",
		clients.Modality + " to " + clients.Store, "C-ECHO success",
		clients.Modality + " to " + clients.Store, "C-STORE success",
		clients.Viewer + " to " + clients.Archive, "C-FIND success",
		clients.Viewer + " to " + clients.Archive, "C-MOVE success",
		clients.Archive + " to " + clients.Viewer, "C-STORE success",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("associations (-want +got):\n%s", diff)
	}
	if d := deviceAt(t, r, clients.ArchiveAddr); d.Kind != "pacs" || !slices.Contains(d.AETitles, clients.Archive) || !hasSoftware(d, "DCMTK") {
		t.Errorf("the archive became %s %v %v", d.Kind, d.AETitles, d.Software)
	}
	if d := deviceAt(t, r, clients.ClientAddr); !slices.Contains(d.AETitles, clients.Modality) || !slices.Contains(d.AETitles, clients.Viewer) {
		t.Errorf("the clients' AE titles: %v", d.AETitles)
	}
}

// TestHL7Clients records an HL7 client and a server from npm and wants each
// message and its acknowledgement.
func TestHL7Clients(t *testing.T) {
	r, sessions := live(t, clients.HL7(t), canary.HL7Name, canary.MRN, canary.Birth, canary.Address, canary.Phone, canary.User)
	var got []string
	for _, s := range sessions {
		if s.Service != "hl7" || s.Certainty != "content" {
			t.Errorf("session %+v", s)
		}
		for _, f := range s.Facts {
			if f.Fact.Type != "" {
				got = append(got, f.Fact.Sender.Name+" "+f.Fact.Type+" "+f.Fact.Version)
			}
		}
	}
	want := []string{
		clients.Sender + " ADT^A01 2.5", clients.Receiver + " ACK^A01^ACK_A01 2.5",
		clients.Sender + " ORU^R01 2.5", clients.Receiver + " ACK^R01^ACK_R01 2.5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	d := deviceAt(t, r, clients.EngineAddr)
	if len(d.Services) != 1 || d.Services[0].Name != "hl7" || !d.Services[0].Answers || !d.Services[0].Cleartext {
		t.Errorf("the receiver's services: %+v", d.Services)
	}
}

func deviceAt(t *testing.T, r *pipeline.Result, addr string) *device.Device {
	t.Helper()
	for _, d := range r.Devices {
		for _, a := range d.Addresses {
			if a.String() == addr {
				return d
			}
		}
	}
	t.Fatalf("no device at %s", addr)
	return nil
}

func hasSoftware(d *device.Device, name string) bool {
	return slices.ContainsFunc(d.Software, func(s device.Software) bool { return s.Name == name && s.Version != "" })
}
