import { useQuery } from '@tanstack/react-query'
import { api, given } from '@/api/client'
import type { Order } from '../shapes'

/** One warehouse that was looked at, as the decision kept it. */
export interface Candidate {
  code: string
  name: string
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
  parcels?: number[][]
  candidates?: [warehouse: number, carrier: number, cost: number, km: number, why: string][]
}

interface Place {
  id: string
  code: string
  name: string
  longitude?: number
  latitude?: number
}

/** The candidates of the latest choice, with the warehouses' names and places. */
export function decisionOf(order: Pick<Order, 'timeline'>, warehouses: readonly Place[]): Decision | null {
  const step = order.timeline.findLast((one) => one.step === 'sourced')
  const told = (step?.detail ?? null) as Told | null
  if (!step || !told?.candidates) return null
  const byId = new Map(warehouses.map((one) => [one.id, one]))
  const chosen = new Set((told.parcels ?? []).map((parcel) => String(parcel[0])))
  const candidates = told.candidates.map(([id, , cost, km, why]): Candidate => {
    const place = byId.get(String(id))
    return {
      code: place?.code ?? String(id),
      name: place?.name ?? String(id),
      longitude: place?.longitude ?? 0,
      latitude: place?.latitude ?? 0,
      cost_minor: cost < 0 ? null : cost,
      distance_km: km < 0 ? null : km,
      why,
      isChosen: chosen.has(String(id)),
    }
  })
  const rank = (one: Candidate) => (one.isChosen ? -1 : (one.cost_minor ?? Number.MAX_SAFE_INTEGER))
  return { at: step.at, aim: told.aim ?? '', candidates: candidates.sort((a, b) => rank(a) - rank(b)) }
}

/** Undefined: not known yet; null: it was not sourced. */
export function useDecision(order: Order): Decision | null | undefined {
  const { data } = useQuery({
    queryKey: ['warehouses', 'places'],
    queryFn: async () =>
      given(await api.GET('/api/v1/network/warehouses', { params: { query: { limit: 200 } } })).items as Place[],
    staleTime: 5 * 60_000,
  })
  return data && decisionOf(order, data)
}
