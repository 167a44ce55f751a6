package sim

import (
	"fmt"
	"time"

	"ward/internal/canary"
)

// dicomPort is where PACS and worklist broker listen.
const dicomPort = 104

// imaging plays a modality: worklist queries, and after each examination the
// images, the performed procedure step and the storage commitment.
func (h *Hospital) imaging(d *Host) {
	pacs, broker := h.one(d.ward, "pacs"), h.one(d.ward, "broker")
	h.boot(d, func(at time.Duration) {
		h.find(at, d, pacs)
		h.plan(at+time.Second, func(at time.Duration) { h.echo(at, d, pacs) })
		h.every(at+h.between(2*time.Second, 30*time.Second), h.around(3*time.Minute), func(at time.Duration) { h.worklist(at, d, broker) })
		h.every(at+h.between(20*time.Second, 2*time.Minute), h.pace(6*time.Minute), func(at time.Duration) { h.examination(at, d, pacs, broker) })
		h.every(at+time.Minute, h.around(5*time.Minute), func(at time.Duration) { h.ntp(at, d) })
	})
}

// echo is C-ECHO.
func (h *Hospital) echo(at time.Duration, d, server *Host) {
	a := h.associate(at, d, server, dicomPort, uidVerification)
	a.request(1, cEcho, uidVerification, nil, nil).respond(1, cEcho, uidVerification, 0, nil, nil).release()
}

// worklist is a modality worklist query with one answer.
func (h *Hospital) worklist(at time.Duration, d, broker *Host) {
	a := h.associate(at, d, broker, dicomPort, uidWorklist)
	query := element(nil, 0x08, 0x05, "ISO_IR 100")
	query = element(query, 0x10, 0x10, "")
	query = element(query, 0x10, 0x20, "")
	a.request(1, cFind, uidWorklist, nil, query)
	answer := element(nil, 0x08, 0x05, "ISO_IR 100")
	answer = element(answer, 0x08, 0x50, "ACC10023")
	answer = element(patient(answer), 0x10, 0x1040, canary.Address)
	answer = element(answer, 0x10, 0x2154, canary.Phone)
	a.respond(1, cFind, uidWorklist, pending, nil, answer)
	a.respond(1, cFind, uidWorklist, 0, nil, nil).release()
}

// modality says what a kind of scanner stores: SOP class, images, bytes each.
func modality(key string) (class, name string, images, size int) {
	if key == "ct" {
		return uidCT, "CT", 24, 512 * 512 * 2
	}
	return uidUS, "US", 4, 640 * 480 * 3
}

// examination tells the broker, stores the images and asks for commitment.
func (h *Hospital) examination(at time.Duration, d, pacs, broker *Host) {
	class, _, images, size := modality(d.row.key)
	h.performed(at, d, broker, nCreate, "IN PROGRESS")
	study := h.uid(d)
	more := uidDose
	if class == uidUS {
		more = uidUSMulti
	}
	a := h.associate(at+5*time.Second, d, pacs, dicomPort, class, uidSC, more)
	h.store(a, class, study, images, size, func(a *association) {
		a.release()
		h.performed(a.at+time.Second, d, broker, nSet, "COMPLETED")
		h.commit(a.at+2*time.Second, d, pacs, class, study)
	})
}

// uid makes an instance UID under the maker's implementation root.
func (h *Hospital) uid(d *Host) string {
	return fmt.Sprintf("%s.%d.%d", dicomStacks[d.row.key].uid, 10000+h.rng.IntN(90000), h.rng.Uint32())
}

// imageFragment is the largest fragment that a modality sends.
const imageFragment = 16 << 10

// pixels is what an image looks like where nobody looks.
var pixels = pixelRamp()

func pixelRamp() []byte {
	b := make([]byte, imageFragment)
	for i := range b {
		b[i] = byte(i*i>>7) ^ byte(i)
	}
	return b
}

// store sends images one by one, each with its header and pixel data.
func (h *Hospital) store(a *association, class, study string, images, size int, then func(*association)) {
	for i := range min(images, 1) {
		instance := fmt.Sprintf("%s.%d", study, images-i)
		head := h.imageHeader(a, class, study, instance, size)
		left, first := size, true
		piece := func() []byte {
			if first {
				first = false
				a.message++
				more := instanceElement(instance)
				return append(pData(1, isCommand|isLast, command(cStore, a.message, class, withData, more)), pData(1, 0, head)...)
			}
			if left == 0 {
				return nil
			}
			n := min(left, len(pixels))
			left -= n
			control := byte(0)
			if left == 0 {
				control = isLast
			}
			return pData(1, control, pixels[:n])
		}
		a.bulk(0, piece, func(*stream) {
			a.respond(1, cStore, class, 0, instanceElement(instance), nil)
			if images == 1 {
				then(a)
				return
			}
			h.store(a, class, study, images-1, size, then)
		})
	}
}

// imageHeader is the data set before the pixels.
func (h *Hospital) imageHeader(a *association, class, study, instance string, size int) []byte {
	b := element(nil, 0x08, 0x05, "ISO_IR 100")
	b = element(b, 0x08, 0x16, class)
	b = element(b, 0x08, 0x18, instance)
	b = element(b, 0x08, 0x20, h.cfg.Start.Format("20060102"))
	b = element(b, 0x08, 0x70, a.client.Manufacturer)
	b = element(b, 0x08, 0x1090, a.client.Model)
	b = patient(b)
	b = element(b, 0x20, 0x0d, study)
	b = element(b, 0x20, 0x0e, study+".1")
	b = append(b, 0xe0, 0x7f, 0x10, 0x00, byte(size), byte(size>>8), byte(size>>16), byte(size>>24))
	return b
}

// performed is the modality performed procedure step, N-CREATE then N-SET.
func (h *Hospital) performed(at time.Duration, d, broker *Host, field uint16, status string) {
	a := h.associate(at, d, broker, dicomPort, uidMPPS)
	data := patient(nil)
	data = element(data, 0x40, 0x252, status)
	id := element(nil, 0, 0x1000, h.uid(d))
	if field == nSet {
		id = element(nil, 0, 0x1001, h.uid(d))
	}
	a.request(1, field, uidMPPS, id, data)
	a.respond(1, field, uidMPPS, 0, instanceElement(h.uid(d)), nil).release()
}

// commit asks the archive to take responsibility (N-ACTION); the answer comes
// on an association that the archive opens.
func (h *Hospital) commit(at time.Duration, d, pacs *Host, class, study string) {
	a := h.associate(at, d, pacs, dicomPort, uidCommitment)
	request := append(element(nil, 0, 0x1001, uidCommitModel), element(nil, 0, 0x1008, u16le(1))...)
	data := element(nil, 0x08, 0x1195, study+".9")
	a.request(1, nAction, uidCommitment, request, data).respond(1, nAction, uidCommitment, 0, nil, nil).release()
	h.plan(a.at+3*time.Second, func(at time.Duration) {
		back := h.associate(at, pacs, d, dicomPort, uidCommitment)
		event := append(instanceElement(uidCommitModel), element(nil, 0, 0x1002, u16le(1))...)
		back.request(1, nEvent, uidCommitment, event, data).respond(1, nEvent, uidCommitment, 0, nil, nil).release()
	})
}

// reading plays a viewer: it finds studies and has them sent to itself, which
// the archive does on an association of its own.
func (h *Hospital) reading(d *Host) {
	pacs := h.one(d.ward, "pacs")
	h.boot(d, func(at time.Duration) {
		h.find(at, d, pacs)
		h.every(at+h.between(10*time.Second, time.Minute), h.around(4*time.Minute), func(at time.Duration) { h.fetch(at, d, pacs) })
		h.every(at+30*time.Second, h.around(3*time.Minute), func(at time.Duration) { h.dicomWeb(at, d, pacs) })
	})
}

// viewerPort is where the viewer takes images.
const viewerPort = 11112

func (h *Hospital) fetch(at time.Duration, d, pacs *Host) {
	a := h.associate(at, d, pacs, dicomPort, uidStudyFind, uidStudyMove)
	query := element(element(nil, 0x08, 0x52, "STUDY"), 0x10, 0x20, canary.MRN)
	study := h.uid(pacs)
	a.request(1, cFind, uidStudyFind, nil, query)
	a.respond(1, cFind, uidStudyFind, pending, nil, element(patient(nil), 0x20, 0x0d, study))
	a.respond(1, cFind, uidStudyFind, 0, nil, nil)
	move := element(element(nil, 0x08, 0x52, "STUDY"), 0x20, 0x0d, study)
	a.request(3, cMove, uidStudyMove, element(nil, 0, 0x600, d.AETitles[0]), move)
	h.plan(a.at+5*time.Millisecond, func(at time.Duration) {
		sub := h.associate(at, pacs, d, viewerPort, uidCT)
		h.store(sub, uidCT, study, 3, 512*512*2, func(sub *association) {
			sub.release()
			a.at = sub.at
			counts := append(element(nil, 0, 0x1021, u16le(3)), element(nil, 0, 0x1022, u16le(0))...)
			a.respond(3, cMove, uidStudyMove, 0, counts, nil).release()
		})
	})
}
