// Generated from api/openapi.yaml of MediaMTX v1.20.1 by tools/generate-mediamtx-api.ts; do not edit.
export interface paths {
    "/v3/hlssessions/kick/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** kicks out a HLS session from the server. */
        post: operations["hlssessionsKick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/hlssessions/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** returns all HLS sessions. */
        get: operations["hlssessionsList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** returns informations about the instance. */
        get: operations["info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/paths/get/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** returns a path. */
        get: operations["pathsGet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/paths/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** returns all paths. */
        get: operations["pathsList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/rtmpconns/kick/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** kicks out a RTMP connection from the server. */
        post: operations["rtmpConnsKick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/rtmpconns/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** returns all RTMP connections. */
        get: operations["rtmpConnsList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/rtspsessions/kick/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** kicks out a RTSP session from the server. */
        post: operations["rtspSessionsKick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/rtspsessions/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** returns all RTSP sessions. */
        get: operations["rtspSessionsList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/srtconns/kick/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** kicks out a SRT connection from the server. */
        post: operations["srtConnsKick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/srtconns/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** returns all SRT connections. */
        get: operations["srtConnsList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/webrtcsessions/kick/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** kicks out a WebRTC session from the server. */
        post: operations["webrtcSessionsKick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v3/webrtcsessions/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** returns all WebRTC sessions. */
        get: operations["webrtcSessionsList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Error: {
            error?: string;
            status?: components["schemas"]["ErrorStatus"];
        };
        /** @enum {string} */
        ErrorStatus: "error";
        HLSSession: {
            created?: string;
            /** Format: uuid */
            id?: string;
            isCDN?: boolean;
            /** Format: uint64 */
            outboundBytes?: number;
            path?: string;
            query?: string;
            remoteAddr?: string;
            user?: string;
            userAgent?: string;
        };
        HLSSessionList: {
            /** Format: int64 */
            itemCount?: number;
            items?: components["schemas"]["HLSSession"][];
            /** Format: int64 */
            pageCount?: number;
        };
        Info: {
            started?: string;
            version?: string;
        };
        OK: {
            status?: components["schemas"]["OKStatus"];
        };
        /** @enum {string} */
        OKStatus: "ok";
        Path: {
            available?: boolean;
            availableTime?: string | null;
            /**
             * Format: uint64
             * @deprecated
             * @description deprecated
             */
            bytesReceived?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            bytesSent?: number;
            confName?: string;
            /** Format: uint64 */
            inboundBytes?: number;
            /** Format: uint64 */
            inboundFramesInError?: number;
            name?: string;
            online?: boolean;
            onlineTime?: string | null;
            /** Format: uint64 */
            outboundBytes?: number;
            readers?: components["schemas"]["PathReader"][];
            /** @deprecated */
            ready?: boolean;
            /** @deprecated */
            readyTime?: string | null;
            source?: components["schemas"]["PathSource"] | null;
            /** @deprecated */
            tracks?: components["schemas"]["PathTrackCodec"][];
            tracks2?: components["schemas"]["PathTrack"][];
        };
        PathList: {
            /** Format: int64 */
            itemCount?: number;
            items?: components["schemas"]["Path"][];
            /** Format: int64 */
            pageCount?: number;
        };
        PathReader: {
            id?: string;
            type?: components["schemas"]["PathReaderType"];
        };
        /** @enum {string} */
        PathReaderType: "hlsSession" | "rtmpConn" | "rtmpsConn" | "rtspConn" | "rtspSession" | "rtspsConn" | "rtspsSession" | "srtConn" | "webRTCSession" | "moqSession" | "hidden";
        PathSource: {
            id?: string;
            type?: components["schemas"]["PathSourceType"];
        };
        /** @enum {string} */
        PathSourceType: "hlsSource" | "redirect" | "rpiCameraSource" | "rtmpConn" | "rtmpsConn" | "rtmpSource" | "rtspSession" | "rtspSource" | "rtspsSession" | "srtConn" | "srtSource" | "mpegtsSource" | "rtpSource" | "webRTCSession" | "webRTCSource" | "moqSource" | "moqSession";
        PathTrack: {
            codec?: components["schemas"]["PathTrackCodec"];
            codecProps?: components["schemas"]["PathTrackCodecProps"] | null;
        };
        /** @enum {string} */
        PathTrackCodec: "AV1" | "VP9" | "VP8" | "H265" | "H264" | "MPEG-4 Video" | "MPEG-1/2 Video" | "M-JPEG" | "Opus" | "FLAC" | "Vorbis" | "MPEG-4 Audio" | "MPEG-4 Audio LATM" | "MPEG-1/2 Audio" | "AC3" | "Speex" | "G726" | "G722" | "G711" | "LPCM" | "MPEG-TS" | "KLV" | "Generic";
        PathTrackCodecProps: components["schemas"]["PathTrackCodecPropsAV1"] | components["schemas"]["PathTrackCodecPropsVP9"] | components["schemas"]["PathTrackCodecPropsH265"] | components["schemas"]["PathTrackCodecPropsH264"] | components["schemas"]["PathTrackCodecPropsOpus"] | components["schemas"]["PathTrackCodecPropsMPEG4Audio"] | components["schemas"]["PathTrackCodecPropsAC3"] | components["schemas"]["PathTrackCodecPropsG711"] | components["schemas"]["PathTrackCodecPropsLPCM"];
        PathTrackCodecPropsAC3: {
            /** Format: int64 */
            channelCount?: number;
            /** Format: int64 */
            sampleRate?: number;
        };
        PathTrackCodecPropsAV1: {
            /** Format: int64 */
            height?: number;
            /** Format: int64 */
            level?: number;
            /** Format: int64 */
            profile?: number;
            /** Format: int64 */
            tier?: number;
            /** Format: int64 */
            width?: number;
        };
        PathTrackCodecPropsG711: {
            /** Format: int64 */
            channelCount?: number;
            muLaw?: boolean;
            /** Format: int64 */
            sampleRate?: number;
        };
        PathTrackCodecPropsH264: {
            /** Format: int64 */
            height?: number;
            level?: string;
            profile?: string;
            /** Format: int64 */
            width?: number;
        };
        PathTrackCodecPropsH265: {
            /** Format: int64 */
            height?: number;
            level?: string;
            profile?: string;
            /** Format: int64 */
            width?: number;
        };
        PathTrackCodecPropsLPCM: {
            /** Format: int64 */
            bitDepth?: number;
            /** Format: int64 */
            channelCount?: number;
            /** Format: int64 */
            sampleRate?: number;
        };
        PathTrackCodecPropsMPEG4Audio: {
            /** Format: int64 */
            channelCount?: number;
            /** Format: int64 */
            sampleRate?: number;
        };
        PathTrackCodecPropsOpus: {
            /** Format: int64 */
            channelCount?: number;
        };
        PathTrackCodecPropsVP9: {
            /** Format: int64 */
            profile?: number;
        };
        RTMPConn: {
            /**
             * Format: uint64
             * @deprecated
             * @description deprecated
             */
            bytesReceived?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            bytesSent?: number;
            created?: string;
            /** Format: uuid */
            id?: string;
            /** Format: uint64 */
            inboundBytes?: number;
            /** Format: uint64 */
            outboundBytes?: number;
            /** Format: uint64 */
            outboundFramesDiscarded?: number;
            path?: string;
            query?: string;
            remoteAddr?: string;
            state?: components["schemas"]["RTMPConnState"];
            user?: string;
            userAgent?: string;
        };
        RTMPConnList: {
            /** Format: int64 */
            itemCount?: number;
            items?: components["schemas"]["RTMPConn"][];
            /** Format: int64 */
            pageCount?: number;
        };
        /** @enum {string} */
        RTMPConnState: "idle" | "read" | "publish";
        RTSPSession: {
            /**
             * Format: uint64
             * @deprecated
             * @description deprecated
             */
            bytesReceived?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            bytesSent?: number;
            conns?: string[];
            created?: string;
            /** Format: uuid */
            id?: string;
            /** Format: uint64 */
            inboundBytes?: number;
            /** Format: uint64 */
            inboundRTCPPackets?: number;
            /** Format: uint64 */
            inboundRTCPPacketsInError?: number;
            /** Format: uint64 */
            inboundRTPPackets?: number;
            /** Format: uint64 */
            inboundRTPPacketsInError?: number;
            /** Format: double */
            inboundRTPPacketsJitter?: number;
            /** Format: uint64 */
            inboundRTPPacketsLost?: number;
            /** Format: uint64 */
            outboundBytes?: number;
            /** Format: uint64 */
            outboundRTCPPackets?: number;
            /** Format: uint64 */
            outboundRTPPackets?: number;
            /** Format: uint64 */
            outboundRTPPacketsDiscarded?: number;
            /** Format: uint64 */
            outboundRTPPacketsReportedLost?: number;
            path?: string;
            profile?: string | null;
            query?: string;
            remoteAddr?: string;
            /**
             * Format: uint64
             * @deprecated
             */
            rtcpPacketsInError?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            rtcpPacketsReceived?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            rtcpPacketsSent?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            rtpPacketsInError?: number;
            /**
             * Format: double
             * @deprecated
             */
            rtpPacketsJitter?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            rtpPacketsLost?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            rtpPacketsReceived?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            rtpPacketsSent?: number;
            state?: components["schemas"]["RTSPSessionState"];
            transport?: string | null;
            user?: string;
            userAgent?: string;
        };
        RTSPSessionList: {
            /** Format: int64 */
            itemCount?: number;
            items?: components["schemas"]["RTSPSession"][];
            /** Format: int64 */
            pageCount?: number;
        };
        /** @enum {string} */
        RTSPSessionState: "idle" | "read" | "publish";
        SRTConn: {
            /**
             * Format: uint64
             * @description Maximum Segment Size (MSS), in bytes
             */
            byteMSS?: number;
            /**
             * Format: uint64
             * @description The available space in the receiver's buffer, in bytes
             */
            bytesAvailReceiveBuf?: number;
            /**
             * Format: uint64
             * @description The available space in the sender's buffer, in bytes
             */
            bytesAvailSendBuf?: number;
            /**
             * Format: uint64
             * @description Instantaneous (current) value of packetsRcvBuf, expressed in bytes, including payload and all headers (IP, TCP, SRT)
             */
            bytesReceiveBuf?: number;
            /**
             * Format: uint64
             * @description Same as packetsReceived, but expressed in bytes, including payload and all the headers (IP, TCP, SRT)
             */
            bytesReceived?: number;
            /**
             * Format: uint64
             * @description Same as PacketsReceivedBelated, but expressed in bytes, including payload and all the headers (IP, TCP, SRT)
             */
            bytesReceivedBelated?: number;
            /**
             * Format: uint64
             * @description Same as packetsReceivedDrop, but expressed in bytes, including payload and all the headers (IP, TCP, SRT)
             */
            bytesReceivedDrop?: number;
            /**
             * Format: uint64
             * @description Same as packetsReceivedLoss, but expressed in bytes, including payload and all the headers (IP, TCP, SRT), bytes for the presently missing (either reordered or lost) packets' payloads are estimated based on the average packet size
             */
            bytesReceivedLoss?: number;
            /**
             * Format: uint64
             * @description Same as packetsReceivedRetrans, but expressed in bytes, including payload and all the headers (IP, TCP, SRT)
             */
            bytesReceivedRetrans?: number;
            /**
             * Format: uint64
             * @description Same as packetsReceivedUndecrypt, but expressed in bytes, including payload and all the headers (IP, TCP, SRT)
             */
            bytesReceivedUndecrypt?: number;
            /**
             * Format: uint64
             * @description Same as packetsReceivedUnique, but expressed in bytes, including payload and all the headers (IP, TCP, SRT)
             */
            bytesReceivedUnique?: number;
            /**
             * Format: uint64
             * @description Same as packetsRetrans, but expressed in bytes, including payload and all the headers (IP, TCP, SRT)
             */
            bytesRetrans?: number;
            /**
             * Format: uint64
             * @description Instantaneous (current) value of packetsSndBuf, but expressed in bytes, including payload and all headers (IP, TCP, SRT)
             */
            bytesSendBuf?: number;
            /**
             * Format: uint64
             * @description Same as packetsSendDrop, but expressed in bytes, including payload and all the headers (IP, TCP, SRT)
             */
            bytesSendDrop?: number;
            /**
             * Format: uint64
             * @description Same as packetsSent, but expressed in bytes, including payload and all the headers (IP, TCP, SRT)
             */
            bytesSent?: number;
            /**
             * Format: uint64
             * @description Same as packetsSentUnique, but expressed in bytes, including payload and all the headers (IP, TCP, SRT)
             */
            bytesSentUnique?: number;
            created?: string;
            /** Format: uuid */
            id?: string;
            /**
             * Format: double
             * @description Estimated capacity of the network link, in Mbps
             */
            mbpsLinkCapacity?: number;
            /**
             * Format: double
             * @description Transmission bandwidth limit, in Mbps
             */
            mbpsMaxBW?: number;
            /**
             * Format: double
             * @description Current receiving bandwidth, in Mbps
             */
            mbpsReceiveRate?: number;
            /**
             * Format: double
             * @description Current transmission bandwidth, in Mbps
             */
            mbpsSendRate?: number;
            /**
             * Format: uint64
             * @description The timespan (msec) of acknowledged packets in the receiver's buffer
             */
            msReceiveBuf?: number;
            /**
             * Format: uint64
             * @description Timestamp-based Packet Delivery Delay value set on the socket via SRTO_RCVLATENCY or SRTO_LATENCY
             */
            msReceiveTsbPdDelay?: number;
            /**
             * Format: double
             * @description Smoothed round-trip time (SRTT), an exponentially-weighted moving average (EWMA) of an endpoint's RTT samples, in milliseconds
             */
            msRTT?: number;
            /**
             * Format: uint64
             * @description The timespan (msec) of packets in the sender's buffer (unacknowledged packets)
             */
            msSendBuf?: number;
            /**
             * Format: uint64
             * @description Timestamp-based Packet Delivery Delay value of the peer
             */
            msSendTsbPdDelay?: number;
            /** Format: uint64 */
            outboundFramesDiscarded?: number;
            /**
             * Format: uint64
             * @description The number of packets in flight
             */
            packetsFlightSize?: number;
            /**
             * Format: uint64
             * @description The maximum number of packets that can be "in flight"
             */
            packetsFlowWindow?: number;
            /**
             * Format: uint64
             * @description The number of acknowledged packets in receiver's buffer
             */
            packetsReceiveBuf?: number;
            /**
             * Format: uint64
             * @description The total number of received DATA packets, including retransmitted packets
             */
            packetsReceived?: number;
            /**
             * Format: uint64
             * @description The total number of received ACK (Acknowledgement) control packets
             */
            packetsReceivedACK?: number;
            /**
             * Format: uint64
             * @description Accumulated difference between the current time and the time-to-play of a packet that is received late
             */
            packetsReceivedAvgBelatedTime?: number;
            /** Format: uint64 */
            packetsReceivedBelated?: number;
            /**
             * Format: uint64
             * @description The total number of dropped by the SRT receiver and, as a result, not delivered to the upstream application DATA packets
             */
            packetsReceivedDrop?: number;
            /**
             * Format: uint64
             * @description The total number of received KM (Key Material) control packets
             */
            packetsReceivedKM?: number;
            /**
             * Format: uint64
             * @description The total number of SRT DATA packets detected as presently missing (either reordered or lost) at the receiver side
             */
            packetsReceivedLoss?: number;
            /**
             * Format: double
             * @description Percentage of retransmitted data vs. received data
             */
            packetsReceivedLossRate?: number;
            /**
             * Format: uint64
             * @description The total number of received NAK (Negative Acknowledgement) control packets
             */
            packetsReceivedNAK?: number;
            /**
             * Format: uint64
             * @description The total number of retransmitted packets registered at the receiver side
             */
            packetsReceivedRetrans?: number;
            /**
             * Format: uint64
             * @description The total number of packets that failed to be decrypted at the receiver side
             */
            packetsReceivedUndecrypt?: number;
            /**
             * Format: uint64
             * @description The total number of unique original, retransmitted or recovered by the packet filter DATA packets received in time, decrypted without errors and, as a result, scheduled for delivery to the upstream application by the SRT receiver.
             */
            packetsReceivedUnique?: number;
            /**
             * Format: uint64
             * @description Instant value of the packet reorder tolerance
             */
            packetsReorderTolerance?: number;
            /**
             * Format: uint64
             * @description The total number of retransmitted packets sent by the SRT sender
             */
            packetsRetrans?: number;
            /**
             * Format: uint64
             * @description The number of packets in the sender's buffer that are already scheduled for sending or even possibly sent, but not yet acknowledged
             */
            packetsSendBuf?: number;
            /**
             * Format: uint64
             * @description The total number of dropped by the SRT sender DATA packets that have no chance to be delivered in time
             */
            packetsSendDrop?: number;
            /**
             * Format: uint64
             * @description The total number of data packets considered or reported as lost at the sender side. Does not correspond to the packets detected as lost at the receiver side.
             */
            packetsSendLoss?: number;
            /**
             * Format: double
             * @description Percentage of resent data vs. sent data
             */
            packetsSendLossRate?: number;
            /**
             * Format: uint64
             * @description The total number of sent DATA packets, including retransmitted packets
             */
            packetsSent?: number;
            /**
             * Format: uint64
             * @description The total number of sent ACK (Acknowledgement) control packets
             */
            packetsSentACK?: number;
            /**
             * Format: uint64
             * @description The total number of sent KM (Key Material) control packets
             */
            packetsSentKM?: number;
            /**
             * Format: uint64
             * @description The total number of sent NAK (Negative Acknowledgement) control packets
             */
            packetsSentNAK?: number;
            /**
             * Format: uint64
             * @description The total number of unique DATA packets sent by the SRT sender
             */
            packetsSentUnique?: number;
            path?: string;
            query?: string;
            remoteAddr?: string;
            state?: components["schemas"]["SRTConnState"];
            user?: string;
            /**
             * Format: double
             * @description Current minimum time interval between which consecutive packets are sent, in microseconds
             */
            usPacketsSendPeriod?: number;
            /**
             * Format: uint64
             * @description The total accumulated time in microseconds, during which the SRT sender has some data to transmit, including packets that have been sent, but not yet acknowledged
             */
            usSndDuration?: number;
        };
        SRTConnList: {
            /** Format: int64 */
            itemCount?: number;
            items?: components["schemas"]["SRTConn"][];
            /** Format: int64 */
            pageCount?: number;
        };
        /** @enum {string} */
        SRTConnState: "idle" | "read" | "publish";
        WebRTCSession: {
            /**
             * Format: uint64
             * @deprecated
             * @description deprecated
             */
            bytesReceived?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            bytesSent?: number;
            created?: string;
            /** Format: uuid */
            id?: string;
            /** Format: uint64 */
            inboundBytes?: number;
            /** Format: uint64 */
            inboundRTCPPackets?: number;
            /** Format: uint64 */
            inboundRTPPackets?: number;
            /** Format: double */
            inboundRTPPacketsJitter?: number;
            /** Format: uint64 */
            inboundRTPPacketsLost?: number;
            localCandidate?: string;
            /** Format: uint64 */
            outboundBytes?: number;
            /** Format: uint64 */
            outboundFramesDiscarded?: number;
            /** Format: uint64 */
            outboundRTCPPackets?: number;
            /** Format: uint64 */
            outboundRTPPackets?: number;
            path?: string;
            peerConnectionEstablished?: boolean;
            query?: string;
            remoteAddr?: string;
            remoteCandidate?: string;
            /**
             * Format: uint64
             * @deprecated
             */
            rtcpPacketsReceived?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            rtcpPacketsSent?: number;
            /**
             * Format: double
             * @deprecated
             */
            rtpPacketsJitter?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            rtpPacketsLost?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            rtpPacketsReceived?: number;
            /**
             * Format: uint64
             * @deprecated
             */
            rtpPacketsSent?: number;
            state?: components["schemas"]["WebRTCSessionState"];
            user?: string;
            userAgent?: string;
        };
        WebRTCSessionList: {
            /** Format: int64 */
            itemCount?: number;
            items?: components["schemas"]["WebRTCSession"][];
            /** Format: int64 */
            pageCount?: number;
        };
        /** @enum {string} */
        WebRTCSessionState: "read" | "publish";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    hlssessionsKick: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description ID of the session. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OK"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description session not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    hlssessionsList: {
        parameters: {
            query?: {
                /** @description items per page. */
                itemsPerPage?: number;
                /** @description page number. */
                page?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HLSSessionList"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    info: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Info"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    pathsGet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name of the path. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Path"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description path not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    pathsList: {
        parameters: {
            query?: {
                /** @description items per page. */
                itemsPerPage?: number;
                /** @description page number. */
                page?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PathList"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    rtmpConnsKick: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description ID of the connection. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OK"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description connection not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    rtmpConnsList: {
        parameters: {
            query?: {
                /** @description items per page. */
                itemsPerPage?: number;
                /** @description page number. */
                page?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RTMPConnList"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    rtspSessionsKick: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description ID of the session. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OK"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description session not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    rtspSessionsList: {
        parameters: {
            query?: {
                /** @description items per page. */
                itemsPerPage?: number;
                /** @description page number. */
                page?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RTSPSessionList"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    srtConnsKick: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description ID of the connection. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OK"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description connection not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    srtConnsList: {
        parameters: {
            query?: {
                /** @description items per page. */
                itemsPerPage?: number;
                /** @description page number. */
                page?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SRTConnList"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    webrtcSessionsKick: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description ID of the session. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OK"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description session not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    webrtcSessionsList: {
        parameters: {
            query?: {
                /** @description items per page. */
                itemsPerPage?: number;
                /** @description page number. */
                page?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the request was successful. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRTCSessionList"];
                };
            };
            /** @description invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description server error. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
