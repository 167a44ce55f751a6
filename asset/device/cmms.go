package device

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"ward/wire/packet"
)

// Limits of a maintenance export.
const (
	MaxAssetBytes   = 256 << 20
	MaxAssetRows    = 1_000_000
	MaxAssetColumns = 512
	MaxAssetCell    = 1024 // characters kept of one cell
	MaxAssetNotes   = 100  // warnings listed one by one
)

var (
	ErrNoColumns = errors.New("device: no known column in the header of the asset file")
	ErrTooLarge  = errors.New("device: asset file is too large")
)

// Asset is one row of a maintenance system's (CMMS) export.
type Asset struct {
	Line   int    // 1-based line of the file
	File   string // its name
	Values map[Field]string
	MAC    packet.MAC
	Addrs  []netip.Addr
	Extra  map[string]string // columns that Ward does not know, by their header
}

// A Note tells what could not be read of an asset file, and where.
type Note struct {
	Line int
	Text string
}

func (n Note) String() string {
	if n.Line == 0 {
		return n.Text
	}
	return fmt.Sprintf("line %d: %s", n.Line, n.Text)
}

// columns names each field by the header words that maintenance systems use,
// in lower case without anything but letters and digits.
var columns = map[Field]string{
	FieldAssetID:      "assetid asset assettag assetnumber assetno equipmentid equipmentnumber equipment equipmentno controlnumber controlno cmmsid tagnumber tag tagno inventorynumber inventoryno inventarnummer id uniqueid deviceid",
	FieldManufacturer: "manufacturer mfr mfg make maker vendor brand manufacturername mfrname oem hersteller fabricant fabricante",
	FieldModel:        "model modelname product productname devicename description devicemodel equipmentmodel modell modele modelo modeldescription",
	FieldModelNumber:  "modelnumber modelno partnumber partno catalognumber catalogno cataloguenumber catno referencenumber ref sku",
	FieldVersion:      "softwareversion swversion software sw version firmware firmwareversion fwversion fw swrev softwarerevision revision softwarelevel swlevel",
	FieldSerial:       "serial serialnumber serialno sn serialnum seriennummer numeroserie",
	FieldHostname:     "hostname host computername networkname dnsname name nodename fqdn netbiosname",
	FieldDepartment:   "department dept unit costcenter costcentre owningdepartment service abteilung clinic",
	FieldLocation:     "location room site place building area ward bed currentlocation lastlocation standort raum",
	FieldKind:         "kind type devicetype category class deviceclass equipmenttype modality devicecategory assettype umdnsname",
	FieldTier:         "tier criticality criticalitytier risktier",
	FieldOwner:        "owner responsible assignedto custodian contact technician",
	FieldOS:           "os operatingsystem osversion osname platform betriebssystem",
	fieldMAC:          "mac macaddress macaddr ethernetaddress physicaladdress hardwareaddress wirelessmac wiredmac lanmac",
	FieldAddress:      "ip ipaddress ipaddr address ipv4 ipv4address ipv6 ipv6address networkaddress ipadresse",
	FieldAETitle:      "aetitle ae aet dicomaetitle aetitles",
}

const fieldMAC Field = "mac"

// columnOf finds the field of a header cell; primary tells its proper name.
func columnOf(header string) (f Field, primary, ok bool) {
	h := squeeze(header)
	if h == "" {
		return "", false, false
	}
	for field, names := range columns {
		for name := range strings.FieldsSeq(names) {
			if name == h {
				return field, h == squeeze(string(field)) || field == FieldAddress && h == "ip", true
			}
		}
	}
	return "", false, false
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		if r >= 'A' && r <= 'Z' {
			return r + 32
		}
		return -1
	}, s)
}

// ReadAssets reads a CSV export. Any subset of the columns will do; the
// separator, the character set and the spelling of the header are found out.
// Rows that cannot be read in full are named and kept as far as possible.
func ReadAssets(r io.Reader, name string) ([]Asset, []Note, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxAssetBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("device: read %s: %w", name, err)
	}
	if len(raw) > MaxAssetBytes {
		return nil, nil, fmt.Errorf("%w: %s, more than %d bytes", ErrTooLarge, name, MaxAssetBytes)
	}
	if bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
		return nil, nil, fmt.Errorf("%w: %s\nhint: this looks like an Excel file: save it as CSV (UTF-8)", ErrNoColumns, name)
	}
	t := newTable(decodeText(raw))
	head, ok := t.next()
	for ok && len(strings.Join(head.cells, "")) == 0 {
		head, ok = t.next()
	}
	fields, err := headerFields(head.cells)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s", err, name)
	}
	a := assetReader{name: name, head: head.cells, fields: fields}
	for row, more := t.next(); more && len(a.assets) < MaxAssetRows; row, more = t.next() {
		a.row(row)
	}
	if a.unlisted > 0 {
		a.notes = append(a.notes, Note{Text: fmt.Sprintf("and %d more", a.unlisted)})
	}
	return a.assets, a.notes, nil
}

// headerFields gives the field of each column. Where two columns name the same
// field, the one with the proper name has it, else the first.
func headerFields(head []string) ([]Field, error) {
	out, proper, at := make([]Field, len(head)), map[Field]bool{}, map[Field]int{}
	for i, h := range head {
		f, primary, ok := columnOf(h)
		if !ok {
			continue
		}
		if have, taken := at[f]; taken && f != fieldMAC && f != FieldAddress {
			if !primary || proper[f] {
				continue
			}
			out[have] = ""
		}
		out[i], at[f], proper[f] = f, i, primary
	}
	if len(at) == 0 {
		return nil, ErrNoColumns
	}
	return out, nil
}
