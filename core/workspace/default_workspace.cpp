#include "core/workspace/default_workspace.h"

namespace belvedere::workspace {

std::string_view defaultWorkspaceFile() noexcept
{
    return R"(# A Belvedere workspace. Words and meanings are those of prometheus.yml and promtail.yml.
# Check changes with `belvedere config check workspace.yml`; a running workbench takes them over by itself.

global:
  scrape_interval: 15s
  evaluation_interval: 15s

# Belvedere's own figures, as the job "belvedere".
self_metrics: true

scrape_configs: []
  # - job_name: api
  #   static_configs:
  #     - targets: ["127.0.0.1:8000"]

rule_files:
  - rules/*.yml

logs:
  # Every container of this machine's Docker. To restrict it:
  #   docker:
  #     filters:
  #       - name: label
  #         values: ["com.docker.compose.project=shop"]
  docker: true
  # files:
  #   - job: nginx
  #     paths: ["/var/log/nginx/*.log"]
  #     labels: {service: nginx}

# data_sources:
#   - name: production
#     type: prometheus
#     url: http://prometheus.example:9090

# retention:
#   metrics: {time: 30d, size: 20GB}
#   logs: {time: 14d, size: 20GB}

# listen: 127.0.0.1:9797
)";
}

}
