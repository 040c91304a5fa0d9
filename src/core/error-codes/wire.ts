/** TL-2xxx: MQTT, broker, messages. `what` is when it happens, `hint` what to do unless the error says better. */
export const WIRE_CODES = {
  "TL-2001": {
    what: "the broker cannot be reached",
    hint: "Check that it runs and that the address is right.",
  },
  "TL-2002": {
    what: "a port is taken",
    hint: "Stop the other program (a broker, a daemon), or choose another port: start --broker-port 1884, or broker.port in the configuration.",
  },
  "TL-2003": {
    what: "no daemon answers",
    hint: "Check that a daemon runs on this broker and site.",
  },
  "TL-2004": {
    what: "a message is larger than the contract allows",
    hint: "Send larger data by reference (uri, sha256, bytes).",
  },
  "TL-2005": {
    what: "a port cannot be opened",
    hint: "Choose a port above 1023 and an address of this machine.",
  },
  "TL-2006": {
    what: "the broker refused the connection",
    hint: "Check user name, password and the client id.",
  },
  "TL-2007": {
    what: "a second daemon runs under this agent's name",
    hint: "Two daemons must not plan side by side: stop one, or give it another site or agent in its configuration.",
  },
  "TL-2008": {
    what: "a message is larger than the broker takes",
    hint: "Raise the broker's limit (Mosquitto: max_packet_size; Moquette: netty.mqtt.message_size) to 2 MiB or more.",
  },
  "TL-2010": {
    what: "an instrument does not keep the wire contract",
    hint: "The report names each clause of docs/contract.md that it breaks; docs/gateways.md says how to examine it.",
  },
} as const;
