import { useQuery } from '@tanstack/react-query'
import { api, given } from '@/api/client'
import { useWords } from '@/i18n/words'
import type { Order } from '../shapes'
import { orderWords } from '../words'

/** One warehouse that was looked at, as the decision kept it. */
export interface Candidate {
  code: string
  name: string
  /** With which carrier; empty: none was found. */
  carrier: string
  longitude: number
  latitude: number
  /** Minor units; null: no cost was worked out, since it could not send. */
  cost_minor: number | null
  distance_km: number | null
  /** Why not; empty for the chosen one. */
  why: string
  isChosen: boolean
}

export interface Decision {
  at: string
  aim: string
  candidates: Candidate[]
}

interface Told {
  aim?: string
  parcels?: [warehouse: number, carrier: number, cost: number, ...rest: number[]][]
  candidates?: [warehouse: number, carrier: number, cost: number, km: number, why: string][]
}

interface Place {
  id: string
  code: string
  name: string
  longitude?: number
  latitude?: number
}

interface Named {
  id: string
  name: string
}

/**
 * The candidates of the latest choice, with the warehouses' names and places and the carriers' names. Of those that were chosen the cost is what
 * their own parcel costs: in a split each has a share. `elsewhere` stands for what this person does not see.
 */
export function decisionOf(
  order: Pick<Order, 'timeline'>,
  warehouses: readonly Place[],
  carriers: readonly Named[],
  elsewhere: string,
): Decision | null {
  const step = order.timeline.findLast((one) => one.step === 'sourced')
  const told = (step?.detail ?? null) as Told | null
  if (!step || !told?.candidates) return null
  const byId = new Map(warehouses.map((one) => [one.id, one]))
  const carrierById = new Map(carriers.map((one) => [one.id, one.name]))
  const chosen = new Map((told.parcels ?? []).map((parcel) => [String(parcel[0]), parcel]))
  const candidates = told.candidates.map(([id, wholeCarrier, wholeCost, km, why]): Candidate => {
    const place = byId.get(String(id))
    const parcel = chosen.get(String(id))
    const [carrier, cost] = parcel ? [parcel[1], parcel[2]] : [wholeCarrier, wholeCost]
    return {
      code: place?.code ?? String(id),
      name: place?.name ?? elsewhere,
      carrier: carrierById.get(String(carrier)) ?? '',
      longitude: place?.longitude ?? 0,
      latitude: place?.latitude ?? 0,
      cost_minor: cost < 0 ? null : cost,
      distance_km: km < 0 ? null : km,
      why,
      isChosen: parcel !== undefined,
    }
  })
  const rank = (one: Candidate) => (one.isChosen ? -1 : (one.cost_minor ?? Number.MAX_SAFE_INTEGER))
  return { at: step.at, aim: told.aim ?? '', candidates: candidates.sort((a, b) => rank(a) - rank(b)) }
}

/** Undefined: not known yet; null: it was not sourced. */
export function useDecision(order: Order): Decision | null | undefined {
  const t = useWords(orderWords)
  const places = useQuery({
    queryKey: ['warehouses', 'places'],
    queryFn: async () =>
      given(await api.GET('/api/v1/network/warehouses', { params: { query: { limit: 200 } } })).items as Place[],
    staleTime: 5 * 60_000,
  })
  const carriers = useQuery({
    queryKey: ['carriers', 'names'],
    queryFn: async () =>
      given(await api.GET('/api/v1/network/carriers', { params: { query: { limit: 200 } } })).items as Named[],
    staleTime: 5 * 60_000,
  })
  return places.data && carriers.data && decisionOf(order, places.data, carriers.data, t('elsewhere'))
}
