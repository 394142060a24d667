"""The route that takes notices: ``POST /v1/notices``."""

from __future__ import annotations

from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

from extractor.errors import InputError
from extractor.service.http.api_models import Job
from extractor.service.http.service_limits import TEXTS
from extractor.service.intake.offers import OfferedNotice, RefusedFile
from extractor.service.intake.spool import Spool, TooManyError
from extractor.service.intake.text_bodies import PostedText
from extractor.service.intake.uploads import MediaTypeError, receive_offers
from extractor.service.work import jobs
from extractor.service.work.jobs import AcceptedJob, QueueFullError
from extractor.service.work.service_parts import Service

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                            "description": "txt, md, html, docx, pdf, and zip archives of these, each with its name.",
                        }
                    },
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["notices"],
                    "additionalProperties": False,
                    "properties": {
                        "notices": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": TEXTS,
                            "items": PostedText.model_json_schema(),
                        }
                    },
                }
            },
        },
    }
}
"""The body in the OpenAPI description; it is read as it comes, not by the framework."""


async def take(request: Request, response: Response, service: Service) -> Job:
    """Accept what a request sends, with status 202 where something has to be done, 200 where all was done before.

    Raises:
        HTTPException: Nothing was accepted.
    """
    queue, room = service.queue, service.bounds.queue
    if queue.is_draining:
        raise HTTPException(503, "the service is stopping; send it again when it is back", {"Retry-After": "10"})
    if len(queue) >= room:  # before the body is read
        raise _full(service, 1)
    spool = Spool(service.uploads, room)
    accepted: AcceptedJob | None = None
    try:
        media_type = request.headers.get("content-type", "")
        offers = await receive_offers(media_type, request.stream(), spool, service.sandbox, service.slots)
        if not offers:
            raise HTTPException(422, 'no file was sent; send files, as in: curl -F "files=@notice.txt"')
        accepted = await run_in_threadpool(_accepted, offers, spool, service)
    except InputError as error:
        raise HTTPException(422, str(error)) from error
    except MediaTypeError:
        raise HTTPException(415, "send files as multipart/form-data, or texts as application/json") from None
    except TooManyError:
        raise HTTPException(413, f"more notices were sent than the limit of {room:,}; send fewer at a time") from None
    except QueueFullError as error:
        raise _full(service, error.sent + error.waiting - room) from error
    finally:
        kept = {task.upload for task in accepted.waiting} if accepted else set[str]()
        if not spool.is_kept(kept):
            await run_in_threadpool(spool.clear, kept)
    queue.put(accepted.waiting)
    response.status_code = 202 if accepted.waiting else 200
    response.headers["Location"] = f"/v1/jobs/{accepted.job.job_id}"
    return accepted.job


def _accepted(offers: list[OfferedNotice | RefusedFile], spool: Spool, service: Service) -> AcceptedJob:
    if all(isinstance(offer, RefusedFile) for offer in offers):
        raise InputError("; ".join(offer.error for offer in offers if isinstance(offer, RefusedFile)))
    uploads = [offer.upload for offer in offers if isinstance(offer, OfferedNotice)]
    if len(uploads) > spool.most:
        raise TooManyError
    spool.sync(uploads)
    return jobs.accept(service.database, offers, service.key, service.bounds.queue)


def _full(service: Service, missing: int) -> HTTPException:
    seconds = service.queue.seconds_until_room(missing)
    sentence = f"the queue is full ({service.bounds.queue:,} notices wait); send it again in {seconds} s"
    return HTTPException(429, sentence, {"Retry-After": str(seconds)})
