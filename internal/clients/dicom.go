package clients

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"ward/internal/canary"
	"ward/internal/tshark"
)

// AE titles of the DICOM recording, and the addresses they stand on.
const (
	Modality, Viewer, Archive, Store = "WARDUS1", "WARDVIEW1", "WARDARCHIVE", "WARDSTORE"
	ArchiveAddr, StoreAddr           = "10.9.8.10", "10.9.8.11"
	ClientAddr                       = "10.9.8.20"
)

// image is an ultrasound object of the canary patient, as dump2dcm reads it.
var image = fmt.Sprintf(`(0008,0016) UI =UltrasoundImageStorage
(0008,0018) UI [1.2.826.0.1.3680043.9.7719284.1]
(0008,0020) DA [20260102]
(0008,0050) SH [%[1]s]
(0008,0060) CS [US]
(0010,0010) PN [%[2]s]
(0010,0020) LO [%[1]s]
(0010,0030) DA [%[3]s]
(0010,1040) LO [%[4]s]
(0010,2154) SH [%[5]s]
(0020,000d) UI [1.2.826.0.1.3680043.9.7719284.2]
(0020,000e) UI [1.2.826.0.1.3680043.9.7719284.3]
(0028,0002) US 1
(0028,0004) CS [MONOCHROME2]
(0028,0010) US 2
(0028,0011) US 2
(0028,0100) US 8
(0028,0101) US 8
(0028,0102) US 7
(0028,0103) US 0
(7fe0,0010) OB 00\11\22\33
`, canary.MRN, canary.HL7Name, canary.Birth, canary.Address, canary.Phone)

// archiveConfig is dcmqrscp's: where it stores and whom it may send to.
const archiveConfig = `NetworkTCPPort = %d
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
viewer = (%s, 127.0.0.1, %d)
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
%s %s RW (200, 1024mb) ANY
AETable END
`

// DICOM records echo, store, find and move against dcmqrscp, and echo and store
// against storescp, and gives the capture.
func DICOM(t *testing.T) (capture string) {
	t.Helper()
	for _, tool := range []string{"dump2dcm", "dcmqrscp", "storescp", "echoscu", "storescu", "findscu", "movescu"} {
		tshark.Need(t, tool)
	}
	dir := t.TempDir()
	object := writeImage(t, dir)
	ports := freePorts(3)
	archive, store, viewer := ports[0], ports[1], ports[2]
	config := filepath.Join(dir, "archive.cfg")
	shelf := filepath.Join(dir, "archive")
	write(t, config, fmt.Sprintf(archiveConfig, archive, Viewer, viewer, Archive, shelf))
	for _, d := range []string{shelf, filepath.Join(dir, "store"), filepath.Join(dir, "viewer")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	serve(t, archive, "dcmqrscp", "-c", config, strconv.Itoa(archive))
	serve(t, store, "storescp", "-aet", Store, "-od", filepath.Join(dir, "store"), strconv.Itoa(store))

	r := record(t, archive, store, viewer)
	for _, server := range []struct {
		ae   string
		port int
	}{{Archive, archive}, {Store, store}} {
		to := []string{"-aet", Modality, "-aec", server.ae, "127.0.0.1", strconv.Itoa(server.port)}
		run(t, "", "echoscu", to...)
		run(t, "", "storescu", append(to, object)...)
	}
	from := []string{"-S", "-aet", Viewer, "-aec", Archive, "-k", "QueryRetrieveLevel=STUDY"}
	end := []string{"127.0.0.1", strconv.Itoa(archive)}
	run(t, "", "findscu", join(from, []string{"-k", "PatientName=" + canary.Family + "*", "-k", "PatientID", "-k", "StudyInstanceUID"}, end)...)
	run(t, "", "movescu", join(from, []string{"-aem", Viewer, "--port", strconv.Itoa(viewer), "-od", filepath.Join(dir, "viewer"),
		"-k", "StudyInstanceUID=1.2.826.0.1.3680043.9.7719284.2"}, end)...)
	capture = r.stop()
	spread(t, capture, map[int]byte{archive: 10, store: 11, viewer: 20})
	return capture
}

func writeImage(t *testing.T, dir string) string {
	t.Helper()
	text, object := filepath.Join(dir, "image.txt"), filepath.Join(dir, "image.dcm")
	write(t, text, image)
	run(t, "", "dump2dcm", text, object)
	return object
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func join(parts ...[]string) (all []string) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
