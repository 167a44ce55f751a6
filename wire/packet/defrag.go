package packet

const maxDatagram = 65535
