# KPI Portal for those who run containers. One image: web, worker and beat differ in their command.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.txt ./
RUN /app/.venv/bin/pip install --require-hashes -r requirements.txt
COPY . .
# Styles, icons, translations and static files belong to the image. `prepare` also makes tables;
# here they go into a file that is thrown away.
ENV KPI_ASSETS_DIR=/app/assets KPI_DATA_DIR=/tmp/build
RUN /app/.venv/bin/python manage.py assets \
    && /app/.venv/bin/python manage.py prepare \
    && rm -rf /tmp/build && chmod -R a+rX /app

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 700 /data
COPY --from=build --chown=root:root /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    KPI_PROFILE=production \
    KPI_DATA_DIR=/data \
    KPI_ASSETS_DIR=/app/assets
USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "python:kpi_portal.gunicorn", "--bind", "0.0.0.0:8000", \
     "--workers", "3", "--threads", "4", "kpi_portal.wsgi:application"]
