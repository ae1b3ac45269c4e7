// SPDX-License-Identifier: BSL-1.0
#include "measure/kubernetes_objects.hpp"

#include <string_view>

namespace bench {

namespace {

/// `@` and a digit stand for the number of the object with so many digits, `@r` for a revision.
constexpr std::string_view config_map_shape =
    R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"object-@7","namespace":"na)"
    R"(mespace-@3","uid":"@8-9a0f-4dc7-04bb-858149c6e2d1","resourceVersion":"@r","creationT)"
    R"(imestamp":"2023-11-14T22:15:23Z","labels":{"app":"app-@2","tier":"backend"},"annotat)"
    R"(ions":{"example.com/owner":"team-a"}},"data":{"config":"xxxxxxxxxxxxxxxxxxxxxxxxxxxx)"
    R"(xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","mode":"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"}})";

constexpr std::string_view pod_shape =
    R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-@5-7d9c5b6f4-@5","generateNa)"
    R"(me":"web-@5-7d9c5b6f4-","namespace":"namespace-@3","uid":"@8-5aaf-ffa2-5ff1-21587cb3)"
    R"(ad0b","resourceVersion":"@r","creationTimestamp":"2023-11-14T22:15:23Z","labels":{"a)"
    R"(pp":"web-@5","pod-template-hash":"7d9c5b6f4","release":"stable","tier":"frontend"},")"
    R"(annotations":{"checksum/config":"5f2b5ab1c8d1f0a3f8e8b3c0f2b7a1c2d3e4f5a6b7c8d9e0f1a)"
    R"(2b3c4d5e6f7a8","prometheus.io/port":"9102","prometheus.io/scrape":"true"},"ownerRefe)"
    R"(rences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-@5-7d9c5b6f4","uid")"
    R"(:"afd3a30c-cb39-d2ac-7f48-47a4189deb99","controller":true,"blockOwnerDeletion":true})"
    R"(]},"spec":{"volumes":[{"name":"config","configMap":{"name":"web-config","defaultMode)"
    R"(":420}},{"name":"kube-api-access-x7k2p","projected":{"sources":[{"serviceAccountToke)"
    R"(n":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt)"
    R"(","items":[{"key":"ca.crt","path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"nam)"
    R"(espace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaul)"
    R"(tMode":420}}],"containers":[{"name":"web","image":"registry.example.com/team/web:1.2)"
    R"(4.3","args":["--listen=:8080","--metrics=:9102"],"ports":[{"name":"http","containerP)"
    R"(ort":8080,"protocol":"TCP"},{"name":"metrics","containerPort":9102,"protocol":"TCP"})"
    R"(],"env":[{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":")"
    R"(metadata.name"}}},{"name":"LOG_LEVEL","value":"info"},{"name":"GOMAXPROCS","value":")"
    R"(2"}],"resources":{"limits":{"cpu":"500m","memory":"512Mi"},"requests":{"cpu":"100m",)"
    R"("memory":"128Mi"}},"volumeMounts":[{"name":"config","readOnly":true,"mountPath":"/et)"
    R"(c/web"},{"name":"kube-api-access-x7k2p","readOnly":true,"mountPath":"/var/run/secret)"
    R"(s/kubernetes.io/serviceaccount"}],"livenessProbe":{"httpGet":{"path":"/healthz","por)"
    R"(t":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,)"
    R"("failureThreshold":3},"readinessProbe":{"httpGet":{"path":"/ready","port":8080,"sche)"
    R"(me":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThres)"
    R"(hold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":)"
    R"("File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGrace)"
    R"(PeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"web","serviceAcco)"
    R"(unt":"web","nodeName":"node-0@3","securityContext":{},"schedulerName":"default-sched)"
    R"(uler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effe)"
    R"(ct":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","op)"
    R"(erator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enable)"
    R"(ServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},"status":{"phase":"Run)"
    R"(ning","conditions":[{"type":"Initialized","status":"True","lastProbeTime":null,"last)"
    R"(TransitionTime":"2023-11-14T22:15:23Z"},{"type":"Ready","status":"True","lastProbeTi)"
    R"(me":null,"lastTransitionTime":"2023-11-14T22:15:23Z"},{"type":"ContainersReady","sta)"
    R"(tus":"True","lastProbeTime":null,"lastTransitionTime":"2023-11-14T22:15:23Z"},{"type)"
    R"(":"PodScheduled","status":"True","lastProbeTime":null,"lastTransitionTime":"2023-11-)"
    R"(14T22:15:23Z"}],"hostIP":"10.0.0.12","podIP":"10.244.0.@3","podIPs":[{"ip":"10.244.0)"
    R"(.@3"}],"startTime":"2023-11-14T22:15:23Z","containerStatuses":[{"name":"web","state")"
    R"(:{"running":{"startedAt":"2023-11-14T22:15:23Z"}},"lastState":{},"ready":true,"resta)"
    R"(rtCount":0,"image":"registry.example.com/team/web:1.24.3","imageID":"registry.exampl)"
    R"(e.com/team/web@sha256:0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b)"
    R"(1c","containerID":"containerd://0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c)"
    R"(6d7e8f9a0b1c","started":true}],"qosClass":"Burstable"}})";

std::string filled(std::string_view shape, std::size_t number)
{
    std::string text;
    text.reserve(shape.size() + 32);
    for (std::size_t i = 0; i != shape.size(); ++i) {
        if (shape[i] != '@') {
            text += shape[i];
            continue;
        }
        auto const digits = shape[++i];
        auto const plain = std::to_string(digits == 'r' ? number + 1 : number);
        auto const wide = digits == 'r' ? plain.size() : static_cast<std::size_t>(digits - '0');
        auto const padded = std::string(wide, '0') + plain;
        text += padded.substr(padded.size() - wide);
    }
    return text;
}

} // namespace

std::string config_map_text(std::size_t number) { return filled(config_map_shape, number); }

std::string pod_text(std::size_t number) { return filled(pod_shape, number); }

} // namespace bench
